using LeakySpanner.Target;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Testing.Fuzzing;

/// <summary>
/// Reads one recorded process over and over, wrongly, and holds each reading to what must be true of it: it ends, within bounds of reads and
/// memory, without an exception other than a refusal to attach, and what it says adds up.
/// </summary>
public sealed class FuzzRun
{
    /// <summary>How much more may be read and allocated than of the sound process: garbage is looked at more than once.</summary>
    private const int MoreReads = 8;
    private const int MoreBytes = 3;

    /// <summary>Attaching reads little, and is refused for one wrong byte; in most rounds what comes after it is of interest.</summary>
    private const int AttachedWrongly = 8;

    private readonly RecordedTarget _recorded;
    private readonly WholeReading _sound;
    private readonly long _mostReads;
    private readonly long _mostBytes;

    public FuzzRun(RecordedTarget recorded)
    {
        _recorded = recorded;
        var (reads, bytes) = (recorded.Bytes.Reads, GC.GetAllocatedBytesForCurrentThread());
        _sound = WholeReading.Of(recorded);
        _mostReads = (recorded.Bytes.Reads - reads) * MoreReads;
        _mostBytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) * MoreBytes;
    }

    public string Version => _sound.Python.Version.Text;

    public long Rounds { get; private set; }

    /// <summary>Rounds in which no Python was believed to run.</summary>
    public long Refused { get; private set; }

    public long Reads { get; private set; }

    public long MutatedReads { get; private set; }

    /// <summary>What was not believed, and counted.</summary>
    public long Faults { get; private set; }

    /// <summary>The most that one reading allocated, over what the sound one did.</summary>
    public double MostAllocated { get; private set; }

    /// <exception cref="InvalidOperationException">Something that must be true was not; names the seed.</exception>
    public void Round(int seed)
    {
        var target = new FuzzedTarget(_recorded, seed, _mostReads);
        try
        {
            Read(target, seed);
        }
        catch (TargetException)
        {
            // A process that is refused as a whole is as good an answer.
            Refused++;
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"CPython {Version}, seed {seed}: {failure.GetType().Name}: {failure.Message}", failure);
        }

        Rounds++;
        Reads += target.Reads;
        MutatedReads += target.MutatedReads;
    }

    private void Read(FuzzedTarget target, int seed)
    {
        target.IsWrong = seed % AttachedWrongly == 0;
        var python = CPython.Runtime.PythonProcess.Attach(target);
        target.IsWrong = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = WholeReading.Of(python);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        MostAllocated = Math.Max(MostAllocated, (double)allocated / (_mostBytes / MoreBytes));
        Require(allocated <= _mostBytes, $"{allocated} bytes were allocated, more than {_mostBytes}");

        var census = reading.Census;
        Require(census.Types.Sum(row => row.Count) == census.Coverage.ObjectsSeen, "the counts by type do not add up");
        Require(census.Types.All(row => row.Count >= 0 && row.Bytes >= 0), "a count is negative");
        Require(census.LiveBytes >= 0 && census.LiveBytes <= census.ArenaBytes, "more is alive than there are arenas");
        var graph = reading.Snapshot.Graph;
        for (var i = 0; i < graph.NodeCount; i++)
        {
            foreach (var edge in graph.EdgesOf(new Model.Heap.NodeId(i)))
                Require(edge < graph.NodeCount, "an edge leads out of the graph");
        }

        reading.Analyse(_sound.Snapshot);
        Faults += census.Coverage.Faults.Values.Sum() + graph.Coverage.Faults.Values.Sum();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
