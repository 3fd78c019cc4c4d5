using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>Finds the interpreter in a process that may end meanwhile: what cannot be read then is no reason to call it unsupported.</summary>
internal static class PythonAttachment
{
    /// <summary>From the loss of its memory to the news of its end; longer for a process of many gigabytes.</summary>
    private static readonly TimeSpan LongestEnding = TimeSpan.FromMilliseconds(250);

    /// <exception cref="TargetException">No Python, not supported, or gone.</exception>
    public static PythonProcess Attach(TargetProcess target)
    {
        try
        {
            return PythonProcess.Attach(target);
        }
        catch (TargetException)
        {
            target.ThrowIfEnding(LongestEnding);
            throw;
        }
    }
}
