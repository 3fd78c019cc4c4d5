using System.Globalization;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports.Profiles;

/// <summary>"outer;inner 1234": one stack per line with its bytes, as flamegraph.pl and most viewers read it.</summary>
internal static class CollapsedStacks
{
    public static void Write(TextWriter writer, AllocationProfile profile, string? root = null)
    {
        foreach (var stack in profile.Stacks)
        {
            var frames = FrameText.Of(stack).Select(frame => frame.Replace(';', ':'));
            if (root is not null)
                frames = frames.Prepend(root.Replace(';', ':'));
            writer.Write(string.Join(';', frames));
            writer.Write(' ');
            writer.WriteLine(Math.Round(stack.Bytes).ToString("0", CultureInfo.InvariantCulture));
        }
    }
}
