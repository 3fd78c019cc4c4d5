using LeakySpanner.CPython.Code;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk.Roots;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// Reads every object of a Python process, its edges and its roots, without stopping it: arenas twice (which objects there
/// are; what they refer to), objects outside arenas as they are found. What moved in between is counted, not believed.
/// </summary>
public sealed class HeapWalker(PythonProcess process)
{
    /// <summary>Objects from which on memory is worth a collection.</summary>
    private const int LargeGraph = 1 << 20;

    /// <param name="at">Since the start of the session, for the snapshot's record.</param>
    /// <exception cref="OperationCanceledException">When cancelled.</exception>
    /// <exception cref="Target.TargetException">The process is gone, or its mappings cannot be read, or it replaced its program meanwhile.</exception>
    public HeapSnapshot Walk(WalkOptions options, TimeSpan at, CancellationToken cancellation = default)
    {
        var snapshot = Read(options, at, cancellation);
        LetGo(snapshot.Graph.NodeCount);
        return snapshot;
    }

    private HeapSnapshot Read(WalkOptions options, TimeSpan at, CancellationToken cancellation)
    {
        var limits = options.Limits ?? WalkLimits.Default;
        var layout = process.Layout;
        var faults = new FaultTally();
        process.Types.Revalidate();
        var ranges = new MappedRanges(process.Target.ReadRegions());
        var scanner = new PoolScanner(process.Target, layout.Pool);
        var arenas = scanner.FindArenas(faults, cancellation);
        var plans = new PlanTable(process.Memory, layout, process.Types, limits);
        var (maps, rows, totals) = ArenaPass.Run(scanner, arenas, process.Types, plans, layout.Pool, faults, cancellation);
        var pools = new PoolIndex(layout.Pool.PoolSize, maps);
        maps.Clear();

        var outside = new OutsideObjects(pools.ObjectCount, limits.ObjectsOutsideArenas);
        var state = new WalkState(process.Memory, layout, limits, pools, outside, plans, ranges);
        var workers = Enumerable.Range(0, Math.Clamp(options.Workers, 1, 16)).Select(_ => new WalkWorker(state)).ToArray();
        var segments = EdgePass.SegmentsOf(pools);
        var columns = new GraphColumns(rows, pools.ObjectCount, segments);

        // Frames move fastest: they are looked at next to what they hold.
        var roots = new RootSet(state, process, workers[0]);
        roots.AddExact();
        Crew.Run([.. workers.Select(worker => (Pass: new EdgePass(state, columns), worker))], segments, (seat, segment) => seat.Pass.Run(segment, seat.worker), cancellation);
        Crew.Run([.. workers.Select(worker => (Pass: new EdgePass(state, columns), worker))], segments, (seat, segment) => seat.Pass.Repeat(segment, seat.worker), cancellation);
        var found = WalkOutside(state, roots, workers, cancellation);
        columns.Join(outside, found);
        LetGo(columns.Count);
        var graph = new GraphAssembly(state, columns, workers);
        if (options.NativeRoots)
            roots.AddNative(columns, workers, arenas, cancellation);
        foreach (var worker in workers)
            faults.AddAll(worker.Faults);
        var built = graph.Build(roots.Found, faults.ToCoverage(workers.Sum(worker => worker.ObjectsSeen)));
        if (options.Program)
            built = ProgramReader.AddTo(built, process.Memory, layout, cancellation);
        process.Target.EnsureUnchanged();
        var usage = new HeapUsage(totals.LiveBytes, totals.FreeBytes, graph.LargeBytes);
        return new HeapSnapshot(at, process.Description, CommandLine(), built, usage, arenas.Arenas);
    }

    /// <summary>
    /// Gives back what the walk no longer needs: a few arrays as large as the graph, which no collection would come for by
    /// itself. They hold no references, so that it takes milliseconds.
    /// </summary>
    private static void LetGo(int nodes)
    {
        if (nodes > LargeGraph)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private string CommandLine() => process.Target switch
    {
        Target.TargetProcess live => live.CommandLine,
        Target.TargetCopy copy => copy.CommandLine,
        _ => "",
    };

    /// <summary>Each round reads what the one before has found, until nothing new turns up.</summary>
    private static OutsideColumns WalkOutside(WalkState state, RootSet roots, WalkWorker[] workers, CancellationToken cancellation)
    {
        var found = new OutsideColumns();
        var seats = workers.Select(worker => (Pass: new OutsidePass(state), worker)).ToArray();
        for (roots.AddTypes(); found.Count < state.Outside.Count; roots.AddTypes())
        {
            var (first, end) = (found.Count, state.Outside.Count);
            var chunks = new OutsideColumns.Chunk[(end - first + OutsidePass.ObjectsPerChunk - 1) / OutsidePass.ObjectsPerChunk];
            Crew.Run(
                seats,
                chunks.Length,
                (seat, chunk) =>
                {
                    var from = first + (chunk * OutsidePass.ObjectsPerChunk);
                    chunks[chunk] = seat.Pass.Run(from, Math.Min(from + OutsidePass.ObjectsPerChunk, end), seat.worker);
                },
                cancellation);
            foreach (var chunk in chunks)
                found.Append(chunk);
        }

        return found;
    }
}
