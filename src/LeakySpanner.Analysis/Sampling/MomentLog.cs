namespace LeakySpanner.Analysis.Sampling;

/// <summary>
/// Moments of a run of any length: those that somebody asked for, the latest ones, and a bounded number at equal distances, which doubles as often as there are too
/// many.
/// </summary>
/// <param name="started">CLOCK_MONOTONIC.</param>
public sealed class MomentLog(TimeSpan started)
{
    /// <summary>Odd, so that of equal steps the last one stays.</summary>
    private const int MostRegular = 15;
    private const int MostAsked = 16;

    private readonly List<MomentTotals> _regular = [];
    private readonly List<MomentTotals> _asked = [];
    private TimeSpan _step = TimeSpan.FromSeconds(1);

    public IReadOnlyList<MomentTotals> Regular => _regular;

    public IReadOnlyList<MomentTotals> Asked => _asked;

    /// <summary>Whether the next of the regular moments has come.</summary>
    public bool IsDue(TimeSpan now) => now >= (_regular.Count == 0 ? started : _regular[^1].Time) + _step;

    public void AddRegular(MomentTotals moment)
    {
        _regular.Add(moment);
        if (_regular.Count < MostRegular)
            return;
        for (var i = _regular.Count - 1; i >= 0; i -= 2)
            _regular.RemoveAt(i);
        _step *= 2;
    }

    public void AddAsked(MomentTotals moment)
    {
        if (_asked.Count == MostAsked)
            // The first one stays: growth is counted from there.
            _asked.RemoveAt(1);
        _asked.Add(moment);
    }

    /// <summary>From where growth is counted: the first moment that somebody asked for, else the last regular one of the first half, when a program has warmed up.</summary>
    /// <param name="end">CLOCK_MONOTONIC.</param>
    /// <returns>Null where there was none.</returns>
    public MomentTotals? Beginning(TimeSpan end) =>
        _asked.FirstOrDefault(moment => moment.Time < end) ?? _regular.LastOrDefault(moment => moment.Time - started <= (end - started) / 2);
}
