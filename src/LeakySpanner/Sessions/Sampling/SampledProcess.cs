using LeakySpanner.Analysis.Sampling;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Sampling;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>One process that the agent runs in: what is alive in it, what was when it was most, and what was at moments in between.</summary>
internal sealed class SampledProcess : IDisposable
{
    private readonly AgentFile _file;
    private readonly SampledStacks _stacks;
    private readonly SiteNumbers _sites = new();
    private readonly AllocationTally _tally;
    private readonly MomentLog _moments;
    private readonly SortedDictionary<int, string> _threads = [];
    private readonly AllocationEvent[] _events = new AllocationEvent[4096];

    /// <summary>What the program held when it ended and its interpreter began to free everything.</summary>
    private MomentTotals? _end;
    private TimeSpan _now;
    private long _lost;

    private SampledProcess(AgentFile file, string command)
    {
        _file = file;
        _stacks = SampledStacks.Of(file);
        _tally = new AllocationTally(file.MeanBytes, SiteNumbers.Most);
        _moments = new MomentLog(file.Started);
        _now = file.Started;
        Files = SampledFiles.Of(file.Pid);
        Command = command;
    }

    public int Pid => _file.Pid;

    public string Command { get; }

    /// <summary>"CPython 3.11.2".</summary>
    public string Runtime => $"CPython {PythonVersion.FromHex(_file.PythonHex)?.Text}";

    public SampledFiles Files { get; }

    /// <summary>Threads that have allocated, with their names.</summary>
    public IReadOnlyDictionary<int, string> Threads => _threads;

    /// <summary>Why it is not sampled any more; null where it is.</summary>
    public string? Refusal => AgentFolder.RefusalOf(_file.State, _file.PythonHex);

    public AgentCounts Counts => _file.ReadCounts();

    /// <summary>True where samples came faster than they were read: the peak may have been higher.</summary>
    public bool HasGaps => _tally.HasGaps;

    public AllocationProfile Peak => Profile(PeakTotals);

    public AllocationProfile Live => Profile(LiveTotals);

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<SampledMoment> Moments
    {
        get
        {
            List<(MomentKind Kind, MomentTotals Totals)> kept = [(MomentKind.Peak, PeakTotals), (MomentKind.End, LiveTotals)];
            kept.AddRange(_moments.Asked.Select(totals => (MomentKind.Asked, totals)));
            kept.AddRange(_moments.Regular.Select(totals => (MomentKind.Regular, totals)));
            return [.. kept.OrderBy(moment => moment.Totals.Time).Select(moment => new SampledMoment(moment.Kind, Profile(moment.Totals)))];
        }
    }

    /// <summary>What has come since the beginning of the growth, and when that was; null where the process was too short for one.</summary>
    public (AllocationProfile Profile, TimeSpan Since)? Growth =>
        _moments.Beginning(LiveTotals.Time) is { } beginning ? (Profile(LiveTotals.Since(beginning)), beginning.Time - _file.Started) : null;

    private MomentTotals PeakTotals
    {
        get
        {
            var peak = _tally.Peak;
            return MomentTotals.Of(peak, peak.Time);
        }
    }

    private MomentTotals LiveTotals => _end ?? MomentTotals.Of(_tally.Live, _now);

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
    /// <param name="now">CLOCK_MONOTONIC.</param>
    public void Follow(TimeSpan now)
    {
        for (var count = _file.ReadEvents(_events); count > 0; count = _file.ReadEvents(_events))
        {
            foreach (ref var happened in _events.AsSpan(0, count))
            {
                _now = happened.Time > _now ? happened.Time : _now;
                if (happened.IsEnding)
                    _end ??= MomentTotals.Of(_tally.Live, happened.Time);
                _tally.Observe(Sited(happened));
            }
        }

        var lost = _file.ReadCounts().EventsLost;
        if (lost != _lost)
        {
            _lost = lost;
            _tally.Resume([.. _file.ReadLive().Select(block => Sited(block))]);
        }

        _now = now > _now ? now : _now;
        if (_end is null && _moments.IsDue(_now))
            _moments.AddRegular(LiveTotals);
    }

    /// <summary>Keeps what is alive now, to compare with later.</summary>
    public void Mark() => _moments.AddAsked(LiveTotals);

    public void Dispose() => _file.Dispose();

    /// <summary>The tally's stacks are ours by thread.</summary>
    private AllocationEvent Sited(in AllocationEvent happened)
    {
        if (!happened.IsFree && !_threads.ContainsKey(happened.Thread) && _threads.Count < SiteNumbers.Most)
            _threads[happened.Thread] = Files.NameOfThread(happened.Thread);
        return happened with { Stack = _sites.NumberOf(happened.Stack, happened.Thread) };
    }

    private AllocationProfile Profile(MomentTotals totals)
    {
        var stacks = new List<StackAllocation>(totals.Stacks.Length);
        foreach (var amount in totals.Stacks)
        {
            var (stack, thread) = _sites[amount.Stack];
            var (frames, isCut) = _stacks[stack];
            stacks.Add(new StackAllocation(frames, amount.Bytes, amount.Blocks, amount.Samples, isCut, thread, amount.Variance));
        }

        return new AllocationProfile(
            [.. stacks.OrderByDescending(stack => stack.Bytes)], _tally.MeanBytes, totals.Time > _file.Started ? totals.Time - _file.Started : TimeSpan.Zero);
    }
}
