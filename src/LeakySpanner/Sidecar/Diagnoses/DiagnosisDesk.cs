using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Diagnoses;

/// <summary>One diagnosis at a time, and of the same worker unasked at most every ten minutes. Guarded by the session.</summary>
/// <param name="make">Makes one: JSON, or why there is none.</param>
internal sealed class DiagnosisDesk(Func<int, CancellationToken, Task<(string? Json, string? Trouble)>> make)
{
    private const int MostKept = 16;

    private static readonly TimeSpan BetweenUnasked = TimeSpan.FromMinutes(10);

    private readonly Dictionary<int, TimeSpan> _begun = [];
    private readonly List<DiagnosisView> _done = [];

    public bool IsBusy { get; private set; }

    /// <summary>The last one of each worker, oldest first.</summary>
    public IReadOnlyList<DiagnosisView> Done => _done;

    /// <summary>Whether one may begin of itself.</summary>
    public bool MayBegin(int pid, TimeSpan now) => !IsBusy && (!_begun.TryGetValue(pid, out var last) || now - last >= BetweenUnasked);

    /// <summary>Takes the desk until <see cref="Finish"/>.</summary>
    public Task<(string? Json, string? Trouble)> BeginAsync(int pid, TimeSpan now, CancellationToken cancel)
    {
        IsBusy = true;
        _begun[pid] = now;
        return Task.Run(() => make(pid, cancel), cancel);
    }

    public void Finish(DiagnosisView? view)
    {
        IsBusy = false;
        if (view is null)
            return;
        _done.RemoveAll(other => other.Pid == view.Pid);
        if (_done.Count == MostKept)
            _done.RemoveAt(0);
        _done.Add(view);
    }
}
