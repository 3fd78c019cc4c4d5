using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>Memory that an observer takes is missing elsewhere: in a container, beside the service, it counts against the same limit.</summary>
public static class ObserverMemory
{
    private const string MostLikely = "1000";

    /// <summary>Where memory runs out, the kernel kills this process before any other (proc(5), oom_score_adj). Needs no privilege.</summary>
    /// <param name="pid">A process of ours.</param>
    /// <returns>Whether the kernel took note of it.</returns>
    public static bool OfferFirst(int pid)
    {
        try
        {
            File.WriteAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/oom_score_adj", MostLikely);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
