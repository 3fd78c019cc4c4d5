using LeakySpanner.Analysis.Sampling;
using LeakySpanner.CPython.Sampling;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>
/// What the agent's table of live samples holds at a moment. The table is enough for that: the agent's events, which one observer at a time
/// may follow, are left alone.
/// </summary>
internal sealed class LiveSamples : IDisposable
{
    private readonly AgentFile _file;
    private readonly SampledStacks _stacks;

    /// <param name="file">Closed with this, also where this throws.</param>
    /// <exception cref="AgentFileException">The agent knows a Python that we do not.</exception>
    public LiveSamples(AgentFile file)
    {
        _file = file;
        try
        {
            _stacks = SampledStacks.Of(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public long MeanBytes => _file.MeanBytes;

    public AgentCounts Counts => _file.ReadCounts();

    /// <summary>Costs a millisecond or two.</summary>
    /// <param name="routes">Those of the process, or null where nobody knows any.</param>
    /// <param name="nameOf">A route's name.</param>
    public List<SampledBlock> Read(RequestRoutes? routes, Func<int, string> nameOf)
    {
        var live = _file.ReadLive();
        var blocks = new List<SampledBlock>(live.Count);
        foreach (var block in live)
        {
            var route = block.Request == 0 || routes is null ? SampledRoute.None
                : routes.Find(block.Request) is >= 0 and var known ? nameOf(known)
                : SampledRoute.Unfinished;
            blocks.Add(new SampledBlock(block.Address, block.Bytes, LiveTally.Weight(block.Bytes, _file.MeanBytes), block.Time, _stacks[block.Stack].Frames, route));
        }

        routes?.EndRound();
        return blocks;
    }

    public void Dispose() => _file.Dispose();
}
