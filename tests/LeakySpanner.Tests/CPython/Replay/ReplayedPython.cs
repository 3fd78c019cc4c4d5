using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Live;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>The recorded CPython 3.11.2 of tests/recordings, counted and walked once; with what that cost.</summary>
internal sealed class ReplayedPython
{
    private static readonly Lazy<ReplayedPython> Only = new(() => new ReplayedPython());

    private ReplayedPython()
    {
        using (var file = File.OpenRead(Path.Combine(Folder, "python-3.11.2.recording")))
            Recorded = RecordingFile.Load(file);
        Python = PythonProcess.Attach(Recorded);
        AttachReads = Recorded.Bytes.Reads;
        Census = new CensusTaker(Python).Take(TimeSpan.Zero);
        CensusReads = Recorded.Bytes.Reads - AttachReads;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Snapshot = new HeapWalker(Python).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero);
        WalkAllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        WalkReads = Recorded.Bytes.Reads - AttachReads - CensusReads;
    }

    public static ReplayedPython Sound => Only.Value;

    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "recordings");

    public RecordedTarget Recorded { get; }

    public PythonProcess Python { get; }

    public HeapCensus Census { get; }

    public HeapSnapshot Snapshot { get; }

    public HeapGraph Graph => Snapshot.Graph;

    public long AttachReads { get; }

    public long CensusReads { get; }

    public long WalkReads { get; }

    public long WalkAllocatedBytes { get; }
}
