using System.Collections.Concurrent;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>A recorded CPython of tests/recordings, counted and walked once; with what that cost.</summary>
internal sealed class ReplayedPython
{
    private static readonly ConcurrentDictionary<string, Lazy<ReplayedPython>> Known = new(StringComparer.Ordinal);

    private readonly Lazy<RootPaths> _paths;

    private ReplayedPython(string version)
    {
        _paths = new Lazy<RootPaths>(() => RootPaths.Compute(Graph));
        Recorded = Recordings.Load(version);
        Python = PythonProcess.Attach(Recorded);
        AttachReads = Recorded.Bytes.Reads;
        Census = new CensusTaker(Python).Take(TimeSpan.Zero);
        CensusReads = Recorded.Bytes.Reads - AttachReads;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Snapshot = new HeapWalker(Python).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero);
        WalkAllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        WalkReads = Recorded.Bytes.Reads - AttachReads - CensusReads;
    }

    /// <summary>The one that other tests damage.</summary>
    public static ReplayedPython Sound => Of("3.11");

    /// <param name="feature">"3.11", whatever its patch release.</param>
    public static ReplayedPython Of(string feature) => Known.GetOrAdd(
        feature, _ => new Lazy<ReplayedPython>(() => new ReplayedPython(Recordings.Versions.Single(version => version.StartsWith(feature + ".", StringComparison.Ordinal))))).Value;

    public RecordedTarget Recorded { get; }

    public PythonProcess Python { get; }

    public HeapCensus Census { get; }

    public HeapSnapshot Snapshot { get; }

    public HeapGraph Graph => Snapshot.Graph;

    public RootPaths Paths => _paths.Value;

    public long AttachReads { get; }

    public long CensusReads { get; }

    public long WalkReads { get; }

    public long WalkAllocatedBytes { get; }
}
