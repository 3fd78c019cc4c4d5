using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>How much anonymous memory grew between the snapshots, and what shares are taken of.</summary>
/// <param name="Bytes">Growth of resident and swapped anonymous memory; may be negative.</param>
/// <param name="Elapsed">Between the two snapshots.</param>
/// <param name="Whole">What shares are taken of: the larger of that and the growth of the runtime's objects, which can use
/// memory that was free already.</param>
internal sealed record MeasuredGrowth(long Bytes, TimeSpan Elapsed, long Whole)
{
    /// <summary>Samples around a moment whose median stands for it.</summary>
    private const int Around = 9;

    public double Minutes => Math.Max(Elapsed.TotalMinutes, 1 / 60.0);

    public bool ReusedFreeMemory => Whole > Bytes + (Whole / 10);

    public double ShareOf(long bytes) => Whole <= 0 ? 0 : Math.Clamp(bytes / (double)Whole, 0, 1);

    public static MeasuredGrowth Of(Evidence evidence, HeapGrowth? growth)
    {
        var memory = evidence.Memory.AsSpan();
        if (memory.IsEmpty)
            return new MeasuredGrowth(0, growth?.Elapsed ?? TimeSpan.Zero, Math.Max(0, growth?.NetBytes ?? 0));
        var from = evidence.Before?.At ?? memory[0].At;
        var to = growth is null ? memory[^1].At : evidence.After!.At;
        var bytes = MedianAt(memory, to) - MedianAt(memory, from);
        var objects = growth is null ? 0 : growth.NetBytes + Math.Max(0, growth.Unreachable.NetBytes);
        return new MeasuredGrowth(bytes, to - from, Math.Max(0, Math.Max(bytes, objects)));
    }

    private static long MedianAt(ReadOnlySpan<MemorySample> samples, TimeSpan at)
    {
        var nearest = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            if ((samples[i].At - at).Duration() < (samples[nearest].At - at).Duration())
                nearest = i;
        }

        var start = Math.Clamp(nearest - (Around / 2), 0, Math.Max(0, samples.Length - Around));
        var values = new List<long>();
        for (var i = start; i < Math.Min(samples.Length, start + Around); i++)
            values.Add(samples[i].Anonymous.Bytes + samples[i].Swapped.Bytes);
        values.Sort();
        return values[values.Count / 2];
    }
}
