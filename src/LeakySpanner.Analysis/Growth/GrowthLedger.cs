using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// For every object, how much the tree of paths below it grew. A new object counts where it hangs now; one that is gone, at
/// the closest holder of then that is still there. Objects that only changed their holder count nowhere, so that a tree
/// that looks different the second time does not look like growth.
/// </summary>
internal sealed class GrowthLedger
{
    private readonly long[] _bytes;
    private readonly int[] _objects;
    private readonly Dictionary<int, (long Bytes, int Objects)> _gone = [];

    public GrowthLedger(HeapGraph graph, RootPaths paths, HeapBaseline before, HeapMatch match)
    {
        _bytes = new long[graph.NodeCount];
        _objects = new int[graph.NodeCount];
        foreach (var node in paths.Order)
        {
            var old = match.BeforeOf(node);
            var size = graph.SizeOf(new NodeId(node));
            _bytes[node] = old < 0 ? size : size - before.SizeAt(old);
            _objects[node] = old < 0 ? 1 : 0;
            NetBytes += _bytes[node];
            NetObjects += _objects[node];
        }

        Holders = match.SurvivingHolders();
        for (var old = 0; old < Holders.Length; old++)
        {
            if (!match.IsGone(old) || Holders[old] == RootPaths.Unreached)
                continue;
            var size = before.SizeAt(old);
            NetBytes -= size;
            NetObjects--;
            var holder = Holders[old];
            if (holder < 0 || paths.Parents[holder] == RootPaths.Unreached)
                continue;
            _bytes[holder] -= size;
            _objects[holder]--;
            var gone = _gone.GetValueOrDefault(holder);
            _gone[holder] = (gone.Bytes + size, gone.Objects + 1);
        }

        foreach (var root in graph.Roots)
        {
            if (root.Kind == RootKind.Thread && !root.Node.IsNone && paths.Parents[root.Node.Value] == RootPaths.AtRoot && match.IsNew(root.Node.Value))
                NewFrames.Add(root.Node.Value);
        }

        for (var at = paths.Order.Length - 1; at >= 0; at--)
        {
            var node = paths.Order[at];
            var parent = paths.Parents[node];
            if (parent < 0)
                continue;
            _bytes[parent] += _bytes[node];
            _objects[parent] += _objects[node];
        }
    }

    public long NetBytes { get; }

    public long NetObjects { get; }

    /// <summary>Frames that threads run now and did not then.</summary>
    public HashSet<int> NewFrames { get; } = [];

    /// <summary>By position in the baseline, as <see cref="HeapMatch.SurvivingHolders"/> says.</summary>
    public int[] Holders { get; }

    /// <summary>Growth of everything below a node, itself included.</summary>
    public long BytesBelow(int node) => _bytes[node];

    public int ObjectsBelow(int node) => _objects[node];

    /// <summary>What is gone and had this node as its closest surviving holder.</summary>
    public (long Bytes, int Objects) GoneAt(int node) => _gone.GetValueOrDefault(node);
}
