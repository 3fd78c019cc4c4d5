using System.Collections.Immutable;
using System.Diagnostics;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Log;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Sidecar.Workers;
using LeakySpanner.Target;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Sidecar;

/// <content>What others ask for: workers over the socket, the server, metrics.</content>
internal sealed partial class SidecarSession
{
    public ServiceView View()
    {
        lock (_gate)
        {
            using var self = Process.GetCurrentProcess();
            return new ServiceView(
                _options.Service, Wall, _started, _options.Level, _log.File, [.. _workers.Living.Select(worker => worker.View(_started))],
                _workers.Ended, _endpoints.View(_costs), _costs, [.. _diagnoses.Done], _diagnoses.IsBusy,
                new SelfUsage(self.WorkingSet64, self.TotalProcessorTime.TotalSeconds, Environment.ProcessId), Notes());
        }
    }

    public WorkerWelcome Register(WorkerRegistration registration)
    {
        var process = _sources.Open(registration.Pid);
        try
        {
            var warnings = new List<string>();
            lock (_gate)
            {
                var now = Now;
                var first = process.ReadMemory(now) ?? throw new TargetException(TargetFailure.Gone, $"process {registration.Pid} has ended");
                var worker = _workers.Find(registration.Pid);
                if (worker is not null && worker.Process.HasEnded)
                {
                    End(worker);
                    worker = null;
                }

                if (worker is null)
                {
                    worker = Add(process, first);
                    process = null;
                }

                OpenRing(worker, registration.Ring, warnings);
                _lastWorker = _lastRecord = now;
                if (!_toldTrouble)
                {
                    _toldTrouble = true;
                    warnings.AddRange(Notes());
                }

                _log.Flush();
                return new WorkerWelcome(Environment.ProcessId, worker.Slot, Metrics?.ToString(), _log.File, warnings, AgentPath());
            }
        }
        finally
        {
            process?.Dispose();
        }
    }

    public void Sample(WorkerAgent agent)
    {
        lock (_gate)
        {
            var worker = Known(agent.Pid);
            if (worker.Agent is { } follower && agent.Folder is { } folder && Path.IsPathRooted(folder))
                follower.Folder = folder;
            if (agent.Trouble is { } trouble)
                AddNote($"pid {agent.Pid}: {trouble}");
        }
    }

    public async Task<AllocationTable> ReadAllocationsAsync(int? pid, CancellationToken cancel)
    {
        HeapWatch? heap;
        lock (_gate)
        {
            var worker = (pid is { } known ? Known(known) : _workers.Living.MaxBy(worker => worker.Rss.Bytes))
                ?? throw new TargetException(TargetFailure.NoSuchProcess, "no worker lives");
            heap = worker.Heap;
            worker.Agent?.Look(NameOfEndpoint);
            if (worker.Agent?.Latest is { } sampled)
                return SampledTable.Of(sampled);
        }

        return heap is null
            ? new AllocationTable(IsTracing: false, [], 0, 0, 1, "level basic does not read the heap: use level mid or deep")
            : await Task.Run(() => heap.ReadAllocations(cancel), cancel).ConfigureAwait(false);
    }

    public bool AskForDiagnosis()
    {
        lock (_gate)
        {
            var worker = _workers.Living.MaxBy(worker => (worker.Verdict.GrowthPerMinute, worker.Growth.Bytes));
            return worker is not null && BeginDiagnosis(worker, "somebody asked for it", asked: true);
        }
    }

    public void BeginCollection(int pid)
    {
        lock (_gate)
        {
            var worker = Known(pid);
            worker.BeforeCollection = worker.Process.ReadMemory(Now);
        }
    }

    public CollectionResult EndCollection(CollectionReport report)
    {
        lock (_gate)
        {
            var worker = Known(report.Pid);
            var after = worker.Process.ReadMemory(Now) ?? worker.History.Last;
            var result = new CollectionResult(report, (worker.BeforeCollection ?? worker.History.Last).Rss.Bytes, after.Rss.Bytes);
            worker.BeforeCollection = null;
            _log.Tell(new Collected(Wall, report.Pid, result));
            return result;
        }
    }

    /// <summary>Null at level basic, which samples nothing.</summary>
    private string? AgentPath() => _options.Level == SidecarLevel.Basic ? null : _agentPath ??= _sources.PlaceAgent();

    private string NameOfEndpoint(int index) => _endpoints[index].Name;

    private Worker Known(int pid) =>
        _workers.Find(pid) ?? throw new TargetException(TargetFailure.NoSuchProcess, $"pid {pid} is no worker of this service");

    private Worker Add(IWorkerProcess process, MemorySample first)
    {
        var heap = _options.Level == SidecarLevel.Basic ? null : new HeapWatch(process, _options.Interval, _clock);
        var worker = _workers.Add(slot => new Worker(slot, process, first, Wall, _options.LeakThreshold, heap)
        {
            Agent = heap is null ? null : new AgentFollower(process.Pid),
        });
        worker.ReadResources(Now);
        _log.ShowPids = _workers.Living.Count > 1;
        _log.Tell(new WorkerStarted(Wall, worker.Pid, worker.Slot, worker.Baseline));
        return worker;
    }

    private void OpenRing(Worker worker, string path, List<string> warnings)
    {
        try
        {
            if (Path.GetDirectoryName(path) != _options.Folder)
                throw new RequestRingException($"{path} is not in {_options.Folder}");
            var ring = RequestRing.Open(path);
            worker.Ring?.Dispose();
            worker.Ring = new RingFollower(ring, _endpoints);
        }
        catch (RequestRingException exception)
        {
            warnings.Add("requests are not counted: " + exception.Message);
        }
    }

    private ImmutableArray<string> Notes() => _log.Trouble is { } trouble ? [trouble, .. _notes] : [.. _notes];
}
