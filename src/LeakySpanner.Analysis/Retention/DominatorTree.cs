using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// Who alone keeps what alive: the immediate dominator of every object under a virtual root that leads to all roots, and
/// the retained size, which is what would be freed if the object were gone. 12 bytes per object when computed; while it is
/// computed, <see cref="PeakBytesPerNode"/> and <see cref="PeakBytesPerEdge"/> beside the graph's own.
/// </summary>
public sealed class DominatorTree
{
    /// <summary>Bytes of temporary columns per object at the worst moment, five of them.</summary>
    public const int PeakBytesPerNode = 24;

    /// <summary>The reversed edges.</summary>
    public const int PeakBytesPerEdge = 4;

    private const int Unreachable = -2;
    private readonly int[] _dominators;
    private readonly long[] _retained;

    internal DominatorTree(int[] dominators, long[] retained, int unreachableCount)
    {
        (_dominators, _retained, UnreachableCount) = (dominators, retained, unreachableCount);
    }

    /// <summary>Objects that no root leads to: garbage that was not collected yet, or references that were not seen.</summary>
    public int UnreachableCount { get; }

    public static DominatorTree Compute(HeapGraph graph) => new DominatorSearch(graph).Run();

    public bool IsReachable(NodeId node) => _dominators[node.Value] != Unreachable;

    /// <summary>The closest object through which every path from the roots leads; none where several roots lead to it.</summary>
    public NodeId ImmediateDominator(NodeId node) => new(Math.Max(-1, _dominators[node.Value]));

    /// <summary>Shallow sizes of everything that it dominates, itself included; its shallow size alone if unreachable.</summary>
    public long RetainedSize(NodeId node) => _retained[node.Value];

    /// <summary>Marks every node as unreachable.</summary>
    internal static void Forget(int[] dominators) => Array.Fill(dominators, Unreachable);
}
