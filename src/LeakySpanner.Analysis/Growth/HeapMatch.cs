using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// Which objects of two moments are the same: those of equal address and type. One that was freed while another of its
/// type took its place counts as the same; such pairs do not change what the heap holds.
/// </summary>
internal sealed class HeapMatch
{
    private readonly HeapBaseline _before;
    private readonly int[] _beforeOf;
    private readonly int[] _afterOf;

    public HeapMatch(HeapBaseline before, HeapGraph after, RootPaths paths)
    {
        _before = before;
        _beforeOf = new int[after.NodeCount];
        _afterOf = new int[before.Count];
        Array.Fill(_beforeOf, -1);
        Array.Fill(_afterOf, -1);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < before.TypeNames.Count; row++)
            names[before.TypeNames[row]] = row;
        var rows = after.TypeTable.Select(type => names.GetValueOrDefault(type.Name, -1)).ToArray();
        var order = HeapBaseline.Sort(after);
        var old = 0;
        for (var at = 0; at < after.NodeCount; at++)
        {
            var node = order is null ? at : order[at];
            var address = after.Addresses[node];
            while (old < before.Count && before.Addresses[old] < address)
                old++;
            if (old < before.Count && before.Addresses[old] == address && before.TypeAt(old) == rows[after.Types[node]])
            {
                _beforeOf[node] = old;
                if (paths.Parents[node] != RootPaths.Unreached)
                    _afterOf[old] = node;
            }
        }
    }

    public bool IsNew(int node) => _beforeOf[node] < 0;

    /// <summary>The object's position in the baseline, or -1.</summary>
    public int BeforeOf(int node) => _beforeOf[node];

    /// <summary>Freed, or not reachable any more.</summary>
    public bool IsGone(int before) => _afterOf[before] < 0;

    public int AfterOf(int before) => _afterOf[before];

    /// <summary>
    /// For every position of the baseline: the closest holder that is still there, as a node of the later graph; the object
    /// itself where it is; or -1 (no holder is left) or <see cref="RootPaths.Unreached"/> (nothing held it then).
    /// </summary>
    public int[] SurvivingHolders()
    {
        var holders = new int[_before.Count];
        const int unknown = int.MinValue;
        Array.Fill(holders, unknown);
        var open = new List<int>();
        for (var start = 0; start < holders.Length; start++)
        {
            var at = start;
            open.Clear();
            while (at >= 0 && holders[at] == unknown && _afterOf[at] < 0)
            {
                open.Add(at);
                at = _before.ParentAt(at);
            }

            var found = at < 0 ? at : holders[at] != unknown ? holders[at] : _afterOf[at];
            if (at >= 0)
                holders[at] = found;
            foreach (var passed in open)
                holders[passed] = found;
        }

        return holders;
    }
}
