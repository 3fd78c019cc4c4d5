using System.Globalization;
using LeakySpanner.Analysis.Balance;
using LeakySpanner.Analysis.Diagnosis;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Sessions.Scanning;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Sessions;

/// <param name="Duration">How long to watch.</param>
/// <param name="Pause">Whether the target is stopped while a snapshot is taken.</param>
/// <param name="IsFamily">Whether its workers are diagnosed as well.</param>
public sealed record DiagnoseOptions(TimeSpan Duration, bool Pause, bool IsFamily);

/// <summary>
/// The watch session: a snapshot, memory and censuses while time passes, a second snapshot, and what follows from them. The
/// only place that decides when to look at the process again.
/// </summary>
public sealed class DiagnoseSession
{
    private readonly AttachedProcess _process;
    private readonly DiagnoseOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string>? _progress;
    private readonly long _begin;
    private readonly MemoryWatch _watch;
    private readonly RequestWatch? _requests;
    private readonly SampleWatch? _samples;
    private readonly SnapshotTaker _snapshots;
    private readonly List<HeapCensus> _censuses = [];
    private readonly List<string> _notes = [];
    private readonly Precaution _precaution;
    private TimeSpan _snapshotCost;
    private TimeSpan _planned;
    private ContainerNames? _names;
    private HeapBaseline? _before;
    private BalanceSheet? _balanceBefore;
    private HeapSnapshot? _after;
    private BalanceSheet? _balance;

    /// <summary>Of the moment of the balance sheet, which the reader will add up.</summary>
    private ByteSize? _rss;

    /// <param name="process">Who is watched.</param>
    /// <param name="options">For how long, and how.</param>
    /// <param name="clock">The time.</param>
    /// <param name="progress">Told in a few words what is being done, several times a second; null where nobody is.</param>
    public DiagnoseSession(AttachedProcess process, DiagnoseOptions options, TimeProvider clock, Action<string>? progress)
    {
        (_process, _options, _clock, _progress) = (process, options, clock, progress);
        _begin = clock.GetTimestamp();
        _planned = options.Duration;
        _watch = new MemoryWatch(process.Target, clock, _begin, options.Duration);
        _requests = RequestRingFinder.Find(process.Target) is { } ring ? new RequestWatch(ring, clock, _begin, _watch.Interval) : null;
        _samples = SampleWatch.Begin(process.Target, _requests);
        _snapshots = new SnapshotTaker(process, options.Pause);
        _precaution = new Precaution(process.Target.ReadMemoryLimit, new MemoryLimits().For(Environment.ProcessId)?.Source);
    }

    private TimeSpan Now => _clock.GetElapsedTime(_begin);

    /// <param name="stop">Ends the watching early; what is known then is still told.</param>
    /// <exception cref="TargetException">The process ended before anything was seen, or may not be read or paused.</exception>
    public async Task<SessionResult<Diagnosis>> RunAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        using var ring = _requests;
        using var samples = _samples;
        var watching = _watch.RunAsync(Tell, over.Token, _process.Fate.RememberChildren);
        var counting = Task.Run(() => _requests?.RunAsync(over.Token) ?? Task.CompletedTask, CancellationToken.None);
        await Task.Run(() => LookAsync(timeout, stop, over.Token), CancellationToken.None).ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        await counting.ConfigureAwait(false);
        if (_watch.Samples.Count == 0)
            throw new TargetException(TargetFailure.Gone, $"process {_process.Target.Pid} ended before it was watched: start it again");

        _progress?.Invoke("taking the last snapshot");
        await Task.Run(LookForTheLastTime, CancellationToken.None).ConfigureAwait(false);
        var ended = _watch.TargetEnded || !_process.Target.IsUnchanged;
        _progress?.Invoke("comparing");
        var diagnosis = await Task.Run(() => Conclude(stop.IsCancellationRequested), CancellationToken.None).ConfigureAwait(false);
        return new SessionResult<Diagnosis>(diagnosis, ended) { Watched = WatchNotes.Watched(_watch) };
    }

    private void Tell(MemorySample sample) => _progress?.Invoke(
        $"watching pid {_process.Target.Pid}: {sample.At.TotalSeconds:0} s of {_planned.TotalSeconds:0} s, RSS {sample.Rss}, {_censuses.Count} censuses");

    /// <summary>A first snapshot, then a census as often as it may cost, until the time is over.</summary>
    private async Task LookAsync(CancellationTokenSource timeout, CancellationToken stop, CancellationToken over)
    {
        try
        {
            TakeBaselineAndSetEnd(timeout, stop);
            var taker = new CensusTaker(_process.Python);
            var pace = new CensusPace(_options.Duration);
            while (!_watch.TargetEnded)
            {
                var start = Now;
                _censuses.Add(taker.Take(start, over));
                _samples?.Look();
                var cost = Now - start;
                if (_precaution.IsDue(_watch.Latest(), _snapshotCost))
                    LookBeforeTheLimit(over);
                // On a busy machine one census can take longer than the pace allows for: then the next one is due at once.
                var rest = pace.After(cost) - cost;
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, _clock, over).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Time is over, or the user wants the answer now.
        }
        catch (TargetException exception) when (exception.Failure == TargetFailure.Gone)
        {
            // The watch has seen it too, and says so.
        }
    }

    /// <summary>
    /// Growth is what comes after the first snapshot: where that took more than half the time, because the machine is busy or the heap
    /// large, the watch goes on until half the time asked for has followed it.
    /// </summary>
    private void TakeBaselineAndSetEnd(CancellationTokenSource timeout, CancellationToken stop)
    {
        try
        {
            TakeBaseline(stop);
            var least = Now + (_options.Duration / 2);
            if (least > _planned)
            {
                _planned = least;
                _notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the first snapshot took {_snapshotCost.TotalSeconds:0.0} s, because the machine is busy or the heap large: the watch was made {(least - _options.Duration).TotalSeconds:0} s longer"));
            }
        }
        finally
        {
            var rest = _planned - Now;
            timeout.CancelAfter(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        }
    }

    /// <summary>Of the first snapshot only what can be compared later is kept.</summary>
    private void TakeBaseline(CancellationToken stop)
    {
        var start = Now;
        _samples?.Start();
        var first = _snapshots.Take(start, program: false, stop);
        _snapshotCost = Now - start;
        var paths = RootPaths.Compute(first.Graph);
        _before = HeapBaseline.Of(first, paths);
        _names = ContainerNames.Of(first.Graph, paths);
        _balanceBefore = DrawBalance(first).Sheet;
    }

    /// <summary>What is known of the heap when the kernel kills the process is what was read of it before.</summary>
    private void LookBeforeTheLimit(CancellationToken over)
    {
        var snapshot = _snapshots.Take(Now, program: true, over);
        var (sheet, rss) = DrawBalance(snapshot);
        (_after, _balance, _rss) = (snapshot, sheet, rss);
        _samples?.Look();
    }

    private void LookForTheLastTime()
    {
        if (_watch.TargetEnded)
            return;
        try
        {
            _after = _snapshots.Take(Now, program: true, CancellationToken.None);
            _requests?.FollowNumbers();
            _samples?.Look();
            (_balance, _rss) = DrawBalance(_after);
        }
        catch (TargetException exception) when (exception.Failure == TargetFailure.Gone)
        {
            // Told at the end.
        }
    }

    /// <summary>
    /// Arenas are looked up anew: a process that grows has more of them than when the snapshot began, and what is in those
    /// was allocated since.
    /// </summary>
    private (BalanceSheet Sheet, ByteSize Rss) DrawBalance(HeapSnapshot snapshot)
    {
        var arenas = new PoolScanner(_process.Target, _process.Python.Layout.Pool).FindArenas(new FaultTally());
        var added = Math.Max(0, arenas.Bytes - snapshot.Arenas.Sum(arena => arena.Length));
        var map = _process.Target.ReadMemoryMap(arenas.Arenas);
        return (BalanceSheet.Of(map, snapshot.Usage with { ArenaLiveBytes = snapshot.Usage.ArenaLiveBytes + added }), map.Rss);
    }

    /// <summary>Without a last snapshot the censuses still tell what became more, though not who holds it.</summary>
    private string? LastGrowth()
    {
        if (_censuses.Count < 2)
            return null;
        var (types, containers) = new CensusGrowth(_censuses[0]).Add(_censuses[^1]);
        var most = types.Take(2).Select(type => $"{type.CountChange:N0} more of {type.Name}")
            .Concat(containers.Take(1).Select(container => $"{container.Change:N0} more entries in a {container.Type}"));
        return types.IsEmpty && containers.IsEmpty ? null : "until its end the censuses counted " + string.Join(", ", most);
    }

    private Diagnosis Conclude(bool interrupted)
    {
        _notes.AddRange(_snapshots.Notes);
        var end = WatchNotes.EndOf(_watch, _process, _clock);
        if (end is null && !_options.IsFamily && ProcessFinder.Descendants(_process.Target.Pid) is { IsEmpty: false } children)
            _notes.Add($"it has child processes ({string.Join(", ", children.Take(8).Select(child => child.Pid))}), which may be the workers that serve requests: --all diagnoses them too");
        if (_after is null && LastGrowth() is { } growth)
            _notes.Add(growth);
        if (_before is null && end is null)
            _notes.Add("it was told to stop before the first snapshot was finished, so that nothing is known of what holds the growth");
        if (end is not null)
            _notes.Add(LastSeen(end));
        var server = _after?.Graph.Roots.Select(root => root.Name).FirstOrDefault(ServiceName.IsServer);
        var diagnosis = Diagnoser.Diagnose(new Evidence
        {
            Process = _process.Facts(_rss ?? _watch.Samples[^1].Rss, server),
            Memory = [.. _watch.Samples],
            Traffic = _requests?.Traffic(),
            Samples = _samples?.Grown ?? [],
            Resources = [.. _watch.Resources],
            Censuses = [.. _censuses],
            Names = _names,
            Before = _before,
            After = _after,
            BalanceBefore = _balanceBefore?.Lines ?? [],
            Balance = _balance?.Lines ?? [],
            WorkingDirectory = _process.WorkingDirectory,
            PausedMilliseconds = _snapshots.Paused.TotalMilliseconds,
            Notes = [.. WatchNotes.Of(_watch, _options.Duration, interrupted), .. _notes, .. _balance?.Notes ?? []],
        });
        var sources = new SuspectSources(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Target.Pid}/root"), _process.WorkingDirectory, _clock);
        return sources.Explain(diagnosis) with { Verdict = WatchNotes.Temper(_watch, diagnosis.Verdict), End = end };
    }

    private string LastSeen(ProcessEnd end)
    {
        var counted = _censuses.Count > 0 ? $"objects were last counted {Before(end, _censuses[^1].At)} the end" : "objects were never counted";
        return _after is { } last
            ? $"what holds the growth is as of {Before(end, last.At)} the end, when the heap was last read; {counted}"
            : $"the heap could not be read again before the end, so that lines and endpoints are not known; {counted}";
    }

    private static string Before(ProcessEnd end, TimeSpan at) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (end.After - at).TotalSeconds):0.0} s before");
}
