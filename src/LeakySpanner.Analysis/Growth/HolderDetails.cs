using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>Looks closer at the places where growth gathers: their names, what is new in them, who else holds it.</summary>
internal sealed class HolderDetails(HeapGraph graph, RootPaths paths, HeapMatch match, HeapBaseline before, GrowthLedger ledger)
{
    /// <summary>Objects looked at below one place; the proportions of a part serve for the whole.</summary>
    private const int SampledObjects = 100_000;
    private const int SampledEntries = 200;
    private const int ListedTypes = 8;

    private readonly HolderNaming _naming = new(graph, paths);

    public List<GrowthHolder> Describe(List<GrowthSpot> spots)
    {
        var holders = new List<GrowthHolder>();
        var entries = new Dictionary<int, int>();
        foreach (var spot in spots)
        {
            var content = new NewContent(graph, paths, match, spot.Node, SampledObjects, SampledEntries);
            foreach (var entry in content.Entries)
                entries.TryAdd(entry, holders.Count);
            holders.Add(Describe(spot, content));
        }

        var others = SharedHolders.Find(graph, paths, entries, spots);
        for (var at = 0; at < holders.Count; at++)
            holders[at] = holders[at] with { AlsoHeldBy = others[at].RemoveAll(name => IsPartOf(name, holders[at].Path.Name)) };
        return holders;
    }

    private GrowthHolder Describe(GrowthSpot spot, NewContent content)
    {
        var storage = new NodeId(spot.Node);
        var (shown, path) = _naming.Present(spot.Entry ?? spot.Node);
        var isContainer = DataContainers.Is(graph, spot.Node);
        var lengthBefore = match.IsNew(spot.Node) ? null : before.LengthOf(graph.Addresses[spot.Node]);
        var length = graph.LengthOf(storage);
        var bound = Bound(spot.Node) ?? Bound(shown);
        return new GrowthHolder(
            new NodeId(shown), storage, path, graph.TypeOf(new NodeId(shown)).Name, spot.Bytes, (long)(ledger.ObjectsBelow(spot.Node) * spot.Part),
            lengthBefore, length, match.IsNew(spot.Node), bound,
            (long)(spot.Bytes * content.TaskShare), content.Tasks, (long)(spot.Bytes * content.TimerShare), (long)(spot.Bytes * content.BoundedShare),
            [.. content.Types.Take(ListedTypes)], [])
        {
            // A container that was too short to be remembered counts from nothing.
            NetEntries = isContainer ? length - (lengthBefore ?? 0) : null,
        };
    }

    private static bool IsPartOf(string name, string whole) =>
        name.StartsWith(whole, StringComparison.Ordinal) && (name.Length == whole.Length || name[whole.Length] is '.' or '[');

    private long? Bound(int node) => graph.Bounds.TryGetValue(node, out var bound) ? bound : null;

    /// <summary>Types that grew, and of that the part that is not below any of the places.</summary>
    public (IEnumerable<TypeNet> All, IEnumerable<TypeNet> Scattered) Types(List<GrowthSpot> spots)
    {
        var covered = new System.Collections.BitArray(graph.NodeCount);
        foreach (var spot in spots.Where(spot => !spot.IsRest))
            covered[spot.Node] = true;
        foreach (var frame in ledger.NewFrames)
            covered[frame] = true;
        var all = new TypeTally(graph);
        var scattered = new TypeTally(graph);
        foreach (var node in paths.Order)
        {
            var parent = paths.Parents[node];
            if (parent >= 0 && covered[parent])
                covered[node] = true;
            var old = match.BeforeOf(node);
            var size = graph.SizeOf(new NodeId(node));
            var (objects, bytes) = old < 0 ? (1, size) : (0, size - before.SizeAt(old));
            if (bytes == 0)
                continue;
            all.Add(node, objects, bytes);
            if (!covered[node])
                scattered.Add(node, objects, bytes);
        }

        var kinds = new Dictionary<string, ObjectKind>(StringComparer.Ordinal);
        foreach (var type in graph.TypeTable)
            kinds.TryAdd(type.Name, type.Kind);
        for (var old = 0; old < before.Count; old++)
        {
            if (!match.IsGone(old) || ledger.Holders[old] == RootPaths.Unreached)
                continue;
            var name = before.TypeNames[before.TypeAt(old)];
            var kind = kinds.GetValueOrDefault(name);
            all.Add(name, kind, -1, -before.SizeAt(old));
            if (ledger.Holders[old] < 0 || !covered[ledger.Holders[old]])
                scattered.Add(name, kind, -1, -before.SizeAt(old));
        }

        return (all.Largest().Where(type => type.Bytes > 0), scattered.Largest().Where(type => type.Bytes > 0));
    }
}
