using System.Globalization;
using LeakySpanner.Analysis.Sampling;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>The live allocations of one worker, from the samples of the agent that runs in it, as soon as one does.</summary>
internal sealed class AgentFollower(int pid) : IDisposable
{
    private readonly RequestRoutes _routes = new();
    private string? _folder;
    private LiveSamples? _samples;
    private (long Samples, long Live) _read;
    private bool _isOver;

    /// <summary>Null before anything was read.</summary>
    public LiveAllocations? Latest { get; private set; }

    /// <summary>What the agent's tables had no room for, and the like; null where no agent runs.</summary>
    public AgentCounts? Counts { get; private set; }

    /// <summary>Where the worker's agent makes its file; a worker tells once.</summary>
    public string? Folder
    {
        get => _folder;
        set
        {
            _folder = value;
            _samples?.Dispose();
            (_samples, _isOver) = (null, false);
        }
    }

    /// <summary>A request has ended.</summary>
    public void Finished(in RequestRecord record, int route)
    {
        if (record.Request != 0)
            _routes.Finished(record.Request, route);
    }

    /// <summary>Reads what is alive now; next to nothing where that has not changed.</summary>
    /// <param name="nameOf">A route's name.</param>
    public void Look(Func<int, string> nameOf)
    {
        if (_isOver || (_samples is null && !TryOpen()))
            return;
        var counts = _samples!.Counts;
        Counts = counts;
        // Requests that have ended meanwhile are known now, so a reading with unfinished ones is not the last.
        if ((counts.Samples, counts.LiveBlocks) == _read && Latest?.Endpoints.Any(endpoint => endpoint.Route == SampledRoute.Unfinished) != true)
            return;
        _read = (counts.Samples, counts.LiveBlocks);
        Latest = LiveTally.Of(_samples.Read(_routes, nameOf), _samples.MeanBytes);
    }

    /// <summary>The worker has ended: its files go, and their folder where it was for them alone.</summary>
    public void Remove()
    {
        _isOver = true;
        if (_folder is null)
            return;
        try
        {
            foreach (var file in Directory.GetFiles(_folder, string.Create(CultureInfo.InvariantCulture, $"{pid}-*.agent")))
                File.Delete(file);
            if (!Directory.EnumerateFileSystemEntries(_folder).Any())
                Directory.Delete(_folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The shim's next start sweeps.
        }
    }

    public void Dispose() => _samples?.Dispose();

    private bool TryOpen()
    {
        if (_folder is null || AgentFinder.In(_folder, pid) is not { } file)
            return false;
        try
        {
            _samples = new LiveSamples(file);
            return true;
        }
        catch (AgentFileException)
        {
            // Of a Python that is not known here: nor will it be the next time.
            _isOver = true;
            return false;
        }
    }
}
