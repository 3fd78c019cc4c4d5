using LeakySpanner.CPython.Pools;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Memory whose words are explained already: arenas, objects outside them, their buffers, chunks of frames. What is left of
/// a region is what nobody has accounted for.
/// </summary>
internal sealed class KnownMemory
{
    private readonly ulong[] _starts;
    private readonly ulong[] _ends;

    private KnownMemory(ulong[] starts, ulong[] ends)
    {
        _starts = starts;
        _ends = ends;
    }

    public static KnownMemory Of(WalkState state, GraphColumns columns, IReadOnlyList<WalkWorker> workers, ArenaMap arenas, IEnumerable<StackRange> stacks)
    {
        var ranges = new List<(ulong Start, ulong End)>();
        for (var i = 0; i < arenas.RunCount; i++)
            ranges.Add((arenas.Run(i).Start.Value, arenas.Run(i).End.Value));
        foreach (var worker in workers)
        {
            foreach (var buffer in worker.Buffers)
                ranges.Add((buffer.Start.Value, buffer.End.Value));
        }

        for (var i = 0; i < state.Outside.Count; i++)
        {
            var node = state.Outside.FirstNode + i;
            var plan = state.Plans[columns.Types[node]];
            var address = state.Outside.AddressOf(i);
            ranges.Add((address - (uint)plan.PreHeaderSize, address + (ulong)Math.Max(plan.BasicSize, plan.FrameEnd)));
        }

        foreach (var stack in stacks)
            ranges.Add((stack.Start, stack.LimitEnd));
        ranges.Sort();
        var starts = new ulong[ranges.Count];
        var ends = new ulong[ranges.Count];
        var highest = 0UL;
        for (var i = 0; i < ranges.Count; i++)
        {
            // Ends rise as well, so that a search by start finds whether anything before reaches this far.
            starts[i] = ranges[i].Start;
            ends[i] = highest = Math.Max(highest, ranges[i].End);
        }

        return new KnownMemory(starts, ends);
    }

    /// <summary>The parts of a range that are not known, in order.</summary>
    public IEnumerable<(ulong Start, ulong End)> Gaps(ulong start, ulong end)
    {
        var index = Array.BinarySearch(_starts, start);
        if (index < 0)
            index = Math.Max(~index - 1, 0);
        var at = start;
        for (; index < _starts.Length && at < end && _starts[index] < end; index++)
        {
            if (_starts[index] > at)
                yield return (at, Math.Min(_starts[index], end));
            at = Math.Max(at, _ends[index]);
        }

        if (at < end)
            yield return (at, end);
    }
}
