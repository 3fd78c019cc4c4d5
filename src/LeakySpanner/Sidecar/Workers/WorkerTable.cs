using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Sidecar.Log;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>Workers that live, and in a few words those that ended. A service may start and end workers for months.</summary>
internal sealed class WorkerTable
{
    private const int MostSummaries = 32;
    private const int MostEndedCosts = 16;

    private readonly List<Worker> _living = [];
    private readonly List<WorkerSummary> _ended = [];
    private readonly Queue<RouteCosts> _endedCosts = [];
    private long _lost;

    /// <summary>By slot.</summary>
    public IReadOnlyList<Worker> Living => _living;

    public int Ended { get; private set; }

    public int InAll => Ended + _living.Count;

    /// <summary>Records that were overwritten before they were read.</summary>
    public long Lost => _lost + _living.Sum(worker => worker.Ring?.Lost ?? 0);

    /// <summary>Of all that live.</summary>
    public ByteSize Rss => new(_living.Sum(worker => worker.Rss.Bytes));

    public Worker? Find(int pid) => _living.Find(worker => worker.Pid == pid);

    /// <param name="make">Given the smallest number that nobody has.</param>
    public Worker Add(Func<int, Worker> make)
    {
        var slot = 0;
        while (slot < _living.Count && _living[slot].Slot == slot)
            slot++;
        var worker = make(slot);
        _living.Insert(slot, worker);
        return worker;
    }

    public void End(Worker worker, bool killed)
    {
        _living.Remove(worker);
        Ended++;
        _lost += worker.Ring?.Lost ?? 0;
        if (worker.Costs is { Intervals: > 0 } costs)
        {
            if (_endedCosts.Count == MostEndedCosts)
                _endedCosts.Dequeue();
            _endedCosts.Enqueue(costs);
        }

        _ended.Add(Summary(worker, killed));
        if (_ended.Count > MostSummaries)
            _ended.Remove(_ended.MinBy(summary => summary.Growth.Bytes)!);
    }

    /// <summary>Of living workers and of those that ended lately.</summary>
    public IReadOnlyCollection<RouteCosts> Costs() =>
        [.. _endedCosts, .. _living.Select(worker => worker.Costs).OfType<RouteCosts>()];

    /// <summary>By growth, descending.</summary>
    public ImmutableArray<WorkerSummary> Summaries() =>
    [
        .. _ended.Concat(_living.Select(worker => Summary(worker, killed: false))).OrderByDescending(summary => summary.Growth.Bytes).Take(MostSummaries),
    ];

    private static WorkerSummary Summary(Worker worker, bool killed) => new(worker.Pid, worker.Baseline, worker.Peak, worker.Rss, killed);
}
