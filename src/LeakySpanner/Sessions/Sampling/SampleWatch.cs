using System.Collections.Immutable;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>What a process allocates and keeps while it is watched, where the sampling agent runs in it.</summary>
internal sealed class SampleWatch : IDisposable
{
    private readonly LiveSamples _samples;
    private readonly RequestWatch? _requests;
    private HashSet<(ulong Address, TimeSpan Time)>? _before;

    private SampleWatch(LiveSamples samples, RequestWatch? requests)
    {
        (_samples, _requests) = (samples, requests);
        if (requests is not null)
            requests.Numbers = new RequestRoutes();
    }

    /// <summary>As of the last look: what has come since the start and is alive. Empty before it.</summary>
    public ImmutableArray<SampledBlock> Grown { get; private set; } = [];

    /// <summary>Null where no agent runs.</summary>
    /// <param name="target">Who is watched.</param>
    /// <param name="requests">Of the same process, or null where nobody records them.</param>
    public static SampleWatch? Begin(TargetProcess target, RequestWatch? requests)
    {
        try
        {
            return AgentFinder.Of(target) is { } file ? new SampleWatch(new LiveSamples(file), requests) : null;
        }
        catch (Exception exception) when (exception is AgentFileException or TargetException)
        {
            // Of a Python that is not known, or gone, which others tell.
            return null;
        }
    }

    /// <summary>What is alive now is not growth.</summary>
    public void Start() => _before = [.. Read().Select(block => (block.Address, block.Time))];

    /// <summary>Now and then, so that requests whose blocks live on stay known; and when a snapshot has been taken.</summary>
    public void Look()
    {
        if (_before is { } before)
            Grown = [.. Read().Where(block => !before.Contains((block.Address, block.Time)))];
    }

    public void Dispose() => _samples.Dispose();

    private List<SampledBlock> Read() => _samples.Read(_requests?.Numbers, column => _requests?.NameOf(column) ?? SampledRoute.None);
}
