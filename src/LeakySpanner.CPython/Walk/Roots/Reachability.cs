namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>Which nodes the roots reach, a bit per node.</summary>
internal sealed class Reachability(GraphColumns columns)
{
    private readonly ulong[] _reached = new ulong[(columns.Count + 63) / 64];
    private int[] _stack = new int[1 << 16];

    public bool IsReached(int node) => (_reached[node >> 6] >> (node & 63) & 1) != 0;

    /// <summary>Marks a node and everything that it leads to. Each node is visited once over all calls.</summary>
    public void Mark(int root)
    {
        if (!TryReach(root))
            return;
        var depth = 0;
        _stack[depth++] = root;
        var (starts, edges) = (columns.EdgeStarts, columns.Edges);
        while (depth > 0)
        {
            var node = _stack[--depth];
            foreach (var target in edges.AsSpan(starts[node], starts[node + 1] - starts[node]))
            {
                if (target < 0 || !TryReach(target))
                    continue;
                if (depth == _stack.Length)
                    Array.Resize(ref _stack, _stack.Length * 2);
                _stack[depth++] = target;
            }
        }
    }

    private bool TryReach(int node)
    {
        ref var word = ref _reached[node >> 6];
        var bit = 1UL << (node & 63);
        if ((word & bit) != 0)
            return false;
        word |= bit;
        return true;
    }
}
