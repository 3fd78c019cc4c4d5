using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions;

/// <summary>
/// Decides when to read the heap of a process that is about to reach its memory limit, because after the kernel has killed it nobody can. A few
/// times at most: each time that the room has halved.
/// </summary>
/// <param name="readLimit">The limit with what is used of it, as of now; null where it is not known.</param>
/// <param name="ownSource">The limit that holds for ourselves: where it is the same one, our own memory counts against it.</param>
public sealed class Precaution(Func<MemoryLimit?> readLimit, string? ownSource)
{
    /// <summary>Of the limit; below this even a fast leak leaves time, or is too fast for us.</summary>
    private const double Early = 0.5;

    /// <summary>Above this nothing but growth is needed.</summary>
    private const double Late = 0.85;

    private const int Most = 6;

    /// <summary>What a snapshot takes of ours: half of what it reads, and a program.</summary>
    private const int SharesPerHeap = 2;

    private static readonly ByteSize Program = ByteSize.FromMB(64);
    private static readonly TimeSpan Trend = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(250);

    private TimeSpan _nextQuestion;
    private long? _room;
    private int _taken;

    /// <param name="samples">So far; the last one is from just now.</param>
    /// <param name="cost">What a snapshot takes.</param>
    public bool IsDue(IReadOnlyList<MemorySample> samples, TimeSpan cost)
    {
        if (samples.Count < 2 || samples[^1].At < _nextQuestion || _taken == Most)
            return false;
        _nextQuestion = samples[^1].At + BetweenQuestions;
        if (readLimit() is not { Used: { } used } limit || used.Bytes < Early * limit.Limit.Bytes)
            return false;
        var room = Math.Max(0, limit.Limit.Bytes - used.Bytes);
        if (_room is { } before && room > before / 2)
            return false;
        if (limit.Source == ownSource && room < Program.Bytes + (samples[^1].Rss.Bytes / SharesPerHeap))
            return false;
        var perSecond = Slope(samples);
        if (perSecond <= 0)
            return false;
        var patience = Soon > cost * 4 ? Soon : cost * 4;
        if (used.Bytes < Late * limit.Limit.Bytes && room / perSecond > patience.TotalSeconds)
            return false;
        _room = room;
        _taken++;
        return true;
    }

    /// <summary>Bytes per second over the last seconds.</summary>
    private static double Slope(IReadOnlyList<MemorySample> samples)
    {
        var last = samples[^1];
        var first = samples.Count - 1;
        while (first > 0 && last.At - samples[first - 1].At <= Trend)
            first--;
        var seconds = (last.At - samples[first].At).TotalSeconds;
        return seconds <= 0 ? 0 : (last.Rss.Bytes - samples[first].Rss.Bytes) / seconds;
    }
}
