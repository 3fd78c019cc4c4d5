using LeakySpanner.Analysis.Sampling;
using LeakySpanner.CPython.Sampling;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>One process that the agent runs in: what is alive in it, and what was when it was most.</summary>
internal sealed class SampledProcess : IDisposable
{
    private readonly AgentFile _file;
    private readonly SampledStacks _stacks;
    private readonly AllocationTally _tally;
    private readonly AllocationEvent[] _events = new AllocationEvent[4096];
    private long _lost;

    private SampledProcess(AgentFile file, string command)
    {
        _file = file;
        _stacks = SampledStacks.Of(file);
        _tally = new AllocationTally(file.MeanBytes, AgentLayout.Stacks);
        Command = command;
    }

    public int Pid => _file.Pid;

    public string Command { get; }

    public AgentCounts Counts => _file.ReadCounts();

    /// <summary>True where samples came faster than they were read: the peak may have been higher.</summary>
    public bool HasGaps => _tally.HasGaps;

    public AllocationProfile Peak => Profile(_tally.Peak);

    public AllocationProfile Live => Profile(_tally.Live);

    /// <exception cref="AgentFileException">It is no file of the agent's.</exception>
    public static SampledProcess Open(string path, Func<int, string> commandOf)
    {
        var file = AgentFile.Open(path);
        try
        {
            return new SampledProcess(file, commandOf(file.Pid));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads what has happened since.</summary>
    public void Follow()
    {
        for (var count = _file.ReadEvents(_events); count > 0; count = _file.ReadEvents(_events))
        {
            foreach (var happened in _events.AsSpan(0, count))
                _tally.Observe(happened);
        }

        var lost = _file.ReadCounts().EventsLost;
        if (lost == _lost)
            return;
        _lost = lost;
        _tally.Resume(_file.ReadLive());
    }

    public void Dispose() => _file.Dispose();

    private AllocationProfile Profile(StackTotals totals)
    {
        var stacks = new List<StackAllocation>();
        for (var stack = 0; stack < totals.Samples.Length; stack++)
        {
            if (totals.Samples[stack] == 0)
                continue;
            var (frames, isCut) = _stacks[stack];
            stacks.Add(new StackAllocation(frames, totals.Bytes[stack], totals.Blocks[stack], totals.Samples[stack], isCut));
        }

        return new AllocationProfile(
            [.. stacks.OrderByDescending(stack => stack.Bytes)], _tally.MeanBytes, totals.Time > _file.Started ? totals.Time - _file.Started : TimeSpan.Zero);
    }
}
