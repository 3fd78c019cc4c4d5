using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Sampling;

/// <summary>
/// Follows sampled blocks as they come and go: what is alive by stack, now and when it was most. A block of n bytes was sampled with
/// probability 1 - exp(-n / mean), and counts for the inverse of that (Horvitz and Thompson 1952): right on average for every mixture of sizes.
/// The variance of
/// that is the sum of (n / probability)^2 (1 - probability). Holds one entry per live sample and four numbers per stack, twice.
/// </summary>
/// <param name="meanBytes">Mean distance of two samples.</param>
/// <param name="stacks">Numbers of stacks are below this.</param>
public sealed class AllocationTally(long meanBytes, int stacks)
{
    private readonly Dictionary<ulong, (int Stack, long Bytes)> _blocks = [];
    private StackTotals _live = StackTotals.Empty(stacks);
    private StackTotals _peak = StackTotals.Empty(stacks);
    private TimeSpan _now;
    private bool _isAtPeak;

    public long MeanBytes => meanBytes;

    /// <summary>Estimate of all that is alive.</summary>
    public double LiveBytes { get; private set; }

    public double PeakBytes { get; private set; }

    /// <summary>True where events were missed: then the peak is the highest of what was seen, and may have been higher.</summary>
    public bool HasGaps { get; private set; }

    public StackTotals Live => _live.Copy(_now);

    public StackTotals Peak => _isAtPeak ? Live : _peak;

    public void Observe(in AllocationEvent happened)
    {
        _now = happened.Time;
        if (happened.IsFree)
            Remove(happened.Address);
        else
            Add(happened);
    }

    /// <summary>After events were missed: takes what is alive as it stands.</summary>
    public void Resume(IReadOnlyCollection<AllocationEvent> alive)
    {
        HasGaps = true;
        LeavePeak();
        _blocks.Clear();
        _live = StackTotals.Empty(stacks);
        LiveBytes = 0;
        foreach (var block in alive)
        {
            _now = block.Time > _now ? block.Time : _now;
            Add(block);
        }
    }

    /// <summary>Bytes, or blocks where 1 is asked for, that a sampled block of that size stands for.</summary>
    private double Weight(double size, long bytes) => size / (1 - Math.Exp(-(double)Math.Max(1, bytes) / meanBytes));

    private void Add(in AllocationEvent block)
    {
        if ((uint)block.Stack >= (uint)stacks)
            return;
        // Freed unseen, and handed out again.
        Remove(block.Address);
        _blocks[block.Address] = (block.Stack, block.Bytes);
        Count(block.Stack, block.Bytes, 1);
        if (LiveBytes > PeakBytes)
            (PeakBytes, _isAtPeak) = (LiveBytes, true);
    }

    private void Remove(ulong address)
    {
        if (!_blocks.Remove(address, out var block))
            return;
        LeavePeak();
        Count(block.Stack, block.Bytes, -1);
    }

    /// <summary>Copied only when memory becomes less, not at each of the steps up to the peak.</summary>
    private void LeavePeak()
    {
        if (_isAtPeak)
            (_peak, _isAtPeak) = (Live, false);
    }

    private void Count(int stack, long bytes, int sign)
    {
        var weight = Weight(Math.Max(1, bytes), bytes) * sign;
        LiveBytes += weight;
        _live.Bytes[stack] += weight;
        _live.Blocks[stack] += Weight(1, bytes) * sign;
        _live.Samples[stack] += sign;
        // A block as large as the mean distance is sampled nearly always, and adds nearly no error.
        _live.Variances[stack] += weight * weight * Math.Exp(-(double)Math.Max(1, bytes) / meanBytes) * sign;
        if (_live.Samples[stack] == 0)
            // Rounding leaves crumbs.
            (_live.Bytes[stack], _live.Blocks[stack], _live.Variances[stack]) = (0, 0, 0);
    }
}
