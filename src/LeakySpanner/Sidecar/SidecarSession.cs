using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Costs;
using LeakySpanner.Sidecar.Diagnoses;
using LeakySpanner.Sidecar.Endpoints;
using LeakySpanner.Sidecar.Log;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Sidecar.Workers;

namespace LeakySpanner.Sidecar;

/// <summary>
/// The watch session of a service: the one file that decides when to look at its workers again. <see cref="Tick"/> is what is cheap and
/// must not be late (rings, memory), <see cref="LookCloser"/> what may take long (heaps, regressions), and diagnoses are made by
/// processes of their own.
/// </summary>
internal sealed partial class SidecarSession : ISidecar, IDisposable
{
    /// <summary>Between looks at the rings: one of 8192 records takes 27 seconds' worth of 300 requests per second, 2.7 of 3000.</summary>
    public static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(100);

    /// <summary>Where nothing was recorded for a while.</summary>
    public static readonly TimeSpan IdleTick = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenSamplings = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenRegressions = TimeSpan.FromSeconds(10);

    /// <summary>Without a worker for so long (a reload that failed, a start that failed), there is nothing to wait for.</summary>
    private static readonly TimeSpan LongestWithoutWorker = TimeSpan.FromSeconds(15);

    /// <summary>For a diagnosis that is told to stop.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private const int MostNotes = 20;
    private const long LargeDelta = 1024 * 1024;
    private const int ShownAllocations = 10;
    private const int ShownEndpoints = 5;

    private readonly Lock _gate = new();
    private readonly SidecarOptions _options;
    private readonly SessionSources _sources;
    private readonly TimeProvider _clock;
    private readonly long _begin;
    private readonly DateTimeOffset _started;
    private readonly SessionLog _log;
    private readonly EndpointTable _endpoints = new();
    private readonly WorkerTable _workers = new();
    private readonly DiagnosisDesk _diagnoses;
    private readonly CancellationTokenSource _over = new();
    private readonly List<string> _notes = [];
    private Task _diagnosing = Task.CompletedTask;
    private RouteCosts? _costs;
    private TimeSpan _nextSample;
    private TimeSpan _nextInterval;
    private TimeSpan _nextSampling;
    private string? _agentPath;
    private LiveAllocations? _lastLive;
    private TimeSpan _nextRegression = BetweenRegressions;
    private TimeSpan _lastRecord;
    private TimeSpan _lastWorker;
    private bool _toldTrouble;

    public SidecarSession(SidecarOptions options, SessionSources sources, TimeProvider clock)
    {
        (_options, _sources, _clock) = (options, sources, clock);
        _begin = clock.GetTimestamp();
        _started = clock.GetLocalNow();
        _nextInterval = options.Interval;
        _log = new SessionLog(options, clock);
        _diagnoses = new DiagnosisDesk(sources.Diagnose);
        _log.Tell(new SessionStarted(_started, options, Environment.ProcessId));
    }

    /// <summary>Where metrics are served, once that is known.</summary>
    public Uri? Metrics { get; set; }

    private TimeSpan Now => _clock.GetElapsedTime(_begin);

    private DateTimeOffset Wall => _clock.GetLocalNow();

    /// <summary>Whether the service has ended: its root and all workers, or all workers for long enough.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _workers.Living.Count == 0 && (_sources.RootHasEnded() || Now - _lastWorker >= LongestWithoutWorker);
        }
    }

    /// <summary>Something that the owner should know, told in the log and to the next worker that registers.</summary>
    public void AddNote(string text)
    {
        lock (_gate)
        {
            if (_notes.Contains(text))
                return;
            if (_notes.Count < MostNotes)
                _notes.Add(text);
            _log.Tell(new Note(Wall, text));
        }
    }

    /// <summary>Rings, memory, and once per interval the rest of what is cheap. Never throws for what a worker does.</summary>
    /// <returns>How long to wait for the next one.</returns>
    public TimeSpan Tick()
    {
        lock (_gate)
        {
            var now = Now;
            DrainRings(now);
            var isBusy = now - _lastRecord < IdleAfter;
            if (now >= _nextSample)
            {
                _nextSample = Next(_nextSample, now, _options.Interval < BetweenSamples ? _options.Interval : BetweenSamples);
                ReadMemory(now, isSample: true);
            }
            else if (isBusy)
            {
                // For the regression, which needs memory and finished requests of one instant, and many of them.
                ReadMemory(now, isSample: false);
            }

            if (now >= _nextSampling)
            {
                _nextSampling = Next(_nextSampling, now, BetweenSamplings);
                LookAtSamples();
            }

            foreach (var worker in _workers.Living.Where(worker => worker.Process.HasEnded).ToList())
                End(worker);
            if (now >= _nextInterval)
            {
                _nextInterval = Next(_nextInterval, now, _options.Interval);
                EndInterval(now);
            }

            _log.Flush();
            var tick = isBusy ? BusyTick : IdleTick;
            var due = _nextInterval - now;
            return due < tick ? due : tick;
        }
    }

    /// <summary>Censuses and regressions that are due, one after the other. To be called about once a second, from a thread of its own.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void LookCloser(CancellationToken cancel)
    {
        List<Worker> workers;
        lock (_gate)
            workers = [.. _workers.Living];
        foreach (var worker in workers)
        {
            worker.Heap?.Look(Now, _options.Level == SidecarLevel.Deep, cancel);
            if (worker.Heap is { IsRefused: true } heap && !worker.HasToldRefusal)
            {
                worker.HasToldRefusal = true;
                AddNote($"the heap of pid {worker.Pid} is not read: {heap.Unreadable}");
            }
        }

        if (Now < _nextRegression)
            return;
        _nextRegression = Now + BetweenRegressions;
        Regress();
    }

    /// <summary>The summary, and the end of the log.</summary>
    public void Finish()
    {
        _over.Cancel();
        _ = _diagnosing.Wait(LongestGoodbye);
        lock (_gate)
        {
            DrainRings(Now);
            LookAtSamples();
            foreach (var worker in _workers.Living.ToList())
            {
                if (!worker.Process.HasEnded && worker.Process.ReadMemory(Now) is { } last)
                    worker.Add(last);
                else
                    End(worker);
            }

            _log.BeginInterval(Wall);
            _log.Tell(new SessionEnded(Wall, new SessionSummary(
                Now, _workers.Summaries(), _workers.InAll, _endpoints.View(_costs), _costs, [.. _diagnoses.Done], _workers.Lost)
            {
                Live = _workers.Living.Select(worker => worker.Agent?.Latest).OfType<LiveAllocations>().MaxBy(live => live.Bytes) ?? _lastLive,
            }));
            _log.Flush();
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        foreach (var worker in _workers.Living)
            worker.Dispose();
        _log.Dispose();
        _over.Dispose();
    }

    /// <summary>In step, so that lines stand the interval apart; after a standstill, not all that were missed.</summary>
    private static TimeSpan Next(TimeSpan due, TimeSpan now, TimeSpan spacing) => due + spacing > now ? due + spacing : now + spacing;

    private void DrainRings(TimeSpan now)
    {
        foreach (var worker in _workers.Living)
        {
            if (worker.Ring?.Drain((record, endpoint) => TellDelta(worker, record, endpoint)) > 0)
                _lastRecord = now;
        }
    }

    private void LookAtSamples()
    {
        foreach (var worker in _workers.Living)
            worker.Agent?.Look(NameOfEndpoint);
    }

    private void TellDelta(Worker worker, in RequestRecord record, EndpointStatistics endpoint)
    {
        worker.Agent?.Finished(record, endpoint.Index);
        if (record.RssDelta > LargeDelta)
            _log.Tell(new EndpointDelta(Wall, worker.Pid, endpoint.Name, new(record.RssDelta.Value), record.Status, record.Overlapped));
    }

    /// <param name="now">Since the session began.</param>
    /// <param name="isSample">Whether it goes into the history as well.</param>
    private void ReadMemory(TimeSpan now, bool isSample)
    {
        foreach (var worker in _workers.Living.ToList())
        {
            if (worker.Process.ReadMemory(now) is not { } sample)
            {
                End(worker);
                continue;
            }

            worker.Follow(sample);
            if (!isSample || !worker.Add(sample))
                continue;
            _log.Tell(new GrowthAlert(Wall, worker.Pid, worker.Baseline, sample.Rss));
            if (_options.Level != SidecarLevel.Basic)
                BeginDiagnosis(worker, $"memory is {worker.Growth} above its baseline", asked: false);
        }

        if (_workers.Living.Count > 0)
            _lastWorker = now;
    }

    private void EndInterval(TimeSpan now)
    {
        _log.BeginInterval(Wall);
        foreach (var worker in _workers.Living)
        {
            worker.ReadResources(now);
            var memory = worker.History.Last;
            _log.Tell(new Snapshot(Wall, worker.Pid, memory.Rss, memory.Virtual, worker.Growth, worker.Heap?.ReadCollector()?.Counts));
            if (worker.TakeAllocations() is { IsTracing: true, Sites: { IsEmpty: false } sites })
                _log.Tell(new TopAllocations(Wall, worker.Pid, [.. sites.Take(ShownAllocations)]));
            if (_options.Level == SidecarLevel.Deep)
                TellSamples(worker);
            if (!worker.Judge(now))
                continue;
            _log.Tell(new VerdictChanged(Wall, worker.Pid, worker.Verdict));
            if (worker.Verdict.Outcome == Outcome.Leak && _options.Level != SidecarLevel.Basic)
                BeginDiagnosis(worker, "its memory grows without end", asked: false);
        }
    }

    private void TellSamples(Worker worker)
    {
        worker.Agent?.Look(NameOfEndpoint);
        if (worker.Agent?.Latest is not { Samples: > 0 } live)
            return;
        _log.Tell(new TopAllocations(Wall, worker.Pid, [.. SampledTable.Of(live).Sites.Take(ShownAllocations)]));
        _log.Tell(new LiveByEndpoint(Wall, worker.Pid, live.Bytes, [.. live.Endpoints.Take(ShownEndpoints)]));
    }

    private void End(Worker worker)
    {
        worker.Ring?.Drain((record, endpoint) => TellDelta(worker, record, endpoint), writerEnded: true);
        // As it was read last: an interpreter that ends gives back what it can.
        _lastLive = worker.Agent?.Latest ?? _lastLive;
        worker.Agent?.Remove();
        var killed = worker.WasKilledForMemory;
        _log.Tell(new WorkerEnded(Wall, worker.Pid, worker.Slot, worker.Rss, killed, worker.Limit?.Limit, worker.Limit?.Source));
        _workers.End(worker, killed);
        _log.ShowPids = _workers.Living.Count > 1;
        _lastWorker = Now;

        // A census of it may still be running, and is waited for; not by this thread, which has rings to read.
        _ = Task.Run(worker.Dispose);
    }

    private void Regress()
    {
        List<(Worker Worker, ImmutableArray<MemorySample> Memory, Traffic Traffic)> data;
        lock (_gate)
        {
            ImmutableArray<string> routes = [.. Enumerable.Range(0, _endpoints.Count).Select(index => _endpoints[index].Name)];
            data =
            [
                .. _workers.Living.Where(worker => worker.HasNewRequests())
                    .Select(worker => (worker, worker.Traffic.Memory.ToImmutableArray(), worker.Traffic.ToTraffic(routes, worker.Ring?.Lost ?? 0))),
            ];
        }

        if (data.Count == 0)
            return;
        foreach (var (worker, memory, traffic) in data)
        {
            var costs = _sources.Regress(memory, traffic);
            lock (_gate)
                worker.Costs = costs;
        }

        lock (_gate)
            _costs = CostMerge.Of(_workers.Costs());
    }

    /// <summary>Where the desk is free and, unless somebody asked, this worker's last one is long enough ago.</summary>
    private bool BeginDiagnosis(Worker worker, string reason, bool asked)
    {
        var now = Now;
        if (_diagnoses.IsBusy || (!asked && !_diagnoses.MayBegin(worker.Pid, now)))
            return false;
        if (!asked && !DiagnosisRoom.Suffices(worker.Rss, _workers.Rss + new ByteSize(Environment.WorkingSet), worker.Limit?.Limit))
        {
            AddNote($"pid {worker.Pid} is not diagnosed, because that would not fit below its memory limit: ask for it with POST /api/debug/memory/leaks, or run leakyspanner diagnose outside of its container");
            return false;
        }

        _log.Tell(new DiagnosisBegun(Wall, worker.Pid, reason));
        _diagnosing = KeepDiagnosisAsync(worker.Pid, _diagnoses.BeginAsync(worker.Pid, now, _over.Token));
        return true;
    }

    private async Task KeepDiagnosisAsync(int pid, Task<(string? Json, string? Trouble)> made)
    {
        (string? Json, string? Trouble) answer;
        try
        {
            answer = await made.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            answer = (null, null);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            answer = (null, "it could not be started: " + exception.Message);
        }

        var finding = answer.Json is null ? null : DiagnosisFinding.Read(answer.Json);
        lock (_gate)
        {
            _diagnoses.Finish(finding is null ? null : new DiagnosisView(pid, Wall, answer.Json!, finding.Headline));
            if (finding is not null)
                _log.Tell(new Diagnosed(Wall, pid, finding));
            else if (!_over.IsCancellationRequested)
                _log.Tell(new Note(Wall, $"no diagnosis of pid {pid}: {answer.Trouble ?? "its answer is not understood"}"));
        }
    }
}
