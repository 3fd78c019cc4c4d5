using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>
/// Which sampled blocks each suspect holds. A block is an object of the last snapshot, by its address; the object is the suspect's below
/// which its path from the roots leads, as growth is counted. Blocks that are no objects (tables, buffers) belong to none of them, and those that
/// native code asked for to native memory.
/// </summary>
internal sealed class SampledGrowth
{
    /// <summary>A collector's header before the object, and before that, since 3.11, two pointers to its attributes.</summary>
    private static readonly ulong[] Headers = [0, 16, 32];

    private readonly Dictionary<Candidate, List<SampledBlock>> _held = [];

    private SampledGrowth()
    {
    }

    public static SampledGrowth Of(DiagnosisContext context, IReadOnlyList<Candidate> candidates)
    {
        var growth = new SampledGrowth();
        var blocks = context.Evidence.Samples;
        if (blocks.IsDefaultOrEmpty || context is not { Graph: { } graph, Paths: { } paths })
            return growth;
        var owners = OwnersOf(paths, candidates);
        var byType = candidates.Where(candidate => candidate is { Node.IsNone: true, Suspect: { Kind: SuspectKind.Type, Type: not null } })
            .DistinctBy(candidate => candidate.Suspect.Type).ToDictionary(candidate => candidate.Suspect.Type!);
        var native = candidates.FirstOrDefault(candidate => candidate.Suspect is { Kind: SuspectKind.Native, Pattern: "native_growth" });
        foreach (var (block, node) in Objects(graph, blocks))
        {
            var owner = node < 0 ? (block.Frames is [.., { IsNative: true }] ? native : null)
                : owners[node] >= 0 ? candidates[owners[node]]
                : byType.GetValueOrDefault(graph.TypeOf(new NodeId(node)).Name);
            if (owner is not null)
                growth.Add(owner, block);
        }

        return growth;
    }

    public IReadOnlyList<SampledBlock> HeldBy(Candidate candidate) => _held.GetValueOrDefault(candidate) ?? [];

    private void Add(Candidate owner, SampledBlock block)
    {
        if (!_held.TryGetValue(owner, out var held))
            _held[owner] = held = [];
        held.Add(block);
    }

    /// <summary>By node: index of the candidate that is the nearest above it, or -1. Four bytes per object while it is looked at.</summary>
    private static int[] OwnersOf(RootPaths paths, IReadOnlyList<Candidate> candidates)
    {
        var own = new Dictionary<int, int>();
        for (var i = 0; i < candidates.Count; i++)
        {
            foreach (var node in (ReadOnlySpan<NodeId>)[candidates[i].Node, candidates[i].Storage])
            {
                if (!node.IsNone)
                    own.TryAdd(node.Value, i);
            }
        }

        var parents = paths.Parents;
        var owners = new int[parents.Length];
        Array.Fill(owners, -1);
        foreach (var node in paths.Order)
            owners[node] = own.TryGetValue(node, out var mine) ? mine : parents[node] >= 0 ? owners[parents[node]] : -1;
        return owners;
    }

    /// <summary>Each block with its object's node, or -1.</summary>
    private static IEnumerable<(SampledBlock Block, int Node)> Objects(HeapGraph graph, IReadOnlyList<SampledBlock> blocks)
    {
        var nodes = new Dictionary<ulong, int>();
        foreach (var block in blocks)
        {
            foreach (var header in Headers)
                nodes[block.Address + header] = -1;
        }

        var addresses = graph.Addresses;
        for (var node = 0; node < addresses.Length; node++)
        {
            if (nodes.ContainsKey(addresses[node]))
                nodes[addresses[node]] = node;
        }

        return blocks.Select(block => (block, Headers.Select(header => nodes[block.Address + header]).Max()));
    }
}
