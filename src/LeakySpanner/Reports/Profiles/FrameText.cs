using System.Globalization;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports.Profiles;

/// <summary>How frames are called in pictures: names of the target's, so without control characters.</summary>
internal static class FrameText
{
    public const string NoPython = "(no Python code)";

    /// <summary>The outermost first.</summary>
    public static IEnumerable<string> Of(StackAllocation stack)
    {
        if (stack.IsCut)
            yield return "(frames further out were not kept)";
        if (stack.Frames.All(frame => frame.IsNative))
            yield return NoPython;
        foreach (var frame in stack.Frames)
            yield return Of(frame);
    }

    /// <summary>"search (app/cache.py:42)", "libfast.so".</summary>
    public static string Of(CallFrame frame) => Plain(
        frame.IsNative ? frame.Function : string.Create(CultureInfo.InvariantCulture, $"{frame.Function} ({frame.File}:{frame.Line})"));

    public static string Plain(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
