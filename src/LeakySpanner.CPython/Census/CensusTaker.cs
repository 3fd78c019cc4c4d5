using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.CPython.Census;

/// <summary>
/// Counts a process's objects by type, without stopping it, in memory that does not grow with the number of objects.
/// <para>Exact, but for what changes while it is read: objects in arenas (all of at most 512 bytes), larger objects that
/// the collector tracks, lengths of containers. Estimated: larger objects that it does not track (<see cref="HeapCensus.LargeEstimates"/>).
/// Not counted: objects that live in binaries, and buffers (they are in LiveBytes where they lie in arenas).</para>
/// </summary>
public sealed class CensusTaker
{
    /// <summary>Containers shorter than this are no suspects yet.</summary>
    public const int ShortestContainer = 32;

    public const int MostContainers = 20_000;

    private readonly PythonProcess _python;
    private readonly PoolScanner _scanner;
    private readonly CensusTally _tally;
    private readonly LongestContainers _containers = new(MostContainers, ShortestContainer);
    private readonly LargeCollected _large;
    private readonly LargeSample _sample;

    public CensusTaker(PythonProcess python)
    {
        _python = python;
        _scanner = new PoolScanner(python.Target, python.Layout.Pool);
        _tally = new CensusTally(python.Layout);
        _large = new LargeCollected(python);
        _sample = new LargeSample(python);
    }

    public HeapCensus Take(TimeSpan at, CancellationToken cancellation = default) => Take(at, null, cancellation);

    /// <param name="at">Since the start of the session.</param>
    /// <param name="tracked">Containers to report however short they are.</param>
    /// <param name="cancellation">Observed between arenas.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TargetException">The process has ended meanwhile, or replaced its program: half a census is none.</exception>
    public HeapCensus Take(TimeSpan at, IReadOnlySet<Address>? tracked, CancellationToken cancellation = default)
    {
        var faults = new FaultTally();
        _python.Types.Revalidate();
        _tally.Clear();
        _containers.Start(tracked);
        _large.Start();
        var arenas = _scanner.FindArenas(faults, cancellation);
        _sample.Start(_python.Target.ReadRegions(), arenas);

        var visitor = new CensusVisitor(
            new BlockTypes(_python.Types, arenas), arenas, _tally, _containers, _large, _sample, _python.Layout.Collector.HeaderSize);
        var totals = _scanner.Scan(arenas, ref visitor, faults, cancellation);
        _large.Count(arenas, _tally, faults, cancellation);
        _sample.ReadTables(cancellation);
        var estimates = _sample.ToArray(faults);
        var collector = CollectorReader.Read(_python);
        _python.Target.EnsureUnchanged();

        faults.Add("container length absurd", visitor.Absurd);
        if (arenas.Bytes == 0)
            faults.Add("no arenas: small objects are not counted (PYTHONMALLOC=malloc, or a build without pymalloc)");
        if (visitor.DebugBlocks * 2 > totals.LiveBlocks)
            faults.Add("blocks of the debug allocator: their objects are not counted (PYTHONMALLOC=debug or PYTHONDEVMODE)", visitor.DebugBlocks);

        var byName = _tally.ByName(_python.Types.All);
        return new HeapCensus(
            at,
            [.. byName.Select(row => new TypeCount(row.Key, row.Value.Count, row.Value.Bytes)).OrderByDescending(row => row.Bytes).ThenBy(row => row.Name, StringComparer.Ordinal)],
            _containers.ToArray(),
            arenas.Bytes,
            totals.LiveBytes,
            collector,
            faults.ToCoverage(_tally.Objects))
        {
            LargeEstimates = estimates,
        };
    }
}
