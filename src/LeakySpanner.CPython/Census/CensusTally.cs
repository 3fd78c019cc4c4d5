using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Census;

/// <summary>Counts by <see cref="PythonType.Index"/>. One array, so that an object costs one cache line of ours.</summary>
internal sealed class CensusTally(PythonLayout layout)
{
    internal struct Row
    {
        public long Count;
        public long Bytes;

        /// <summary>Of the length in an instance, or 0 where instances are no containers that can grow.</summary>
        public int LengthOffset;
        public bool IsKnown;
    }

    private Row[] _rows = new Row[256];

    public long Objects { get; private set; }

    public ref Row RowOf(PythonType type)
    {
        if (type.Index >= _rows.Length)
            Array.Resize(ref _rows, Math.Max(type.Index + 1, _rows.Length * 2));
        ref var row = ref _rows[type.Index];
        if (!row.IsKnown)
        {
            row.IsKnown = true;
            row.LengthOffset = LengthOffset(type);
        }
        return ref row;
    }

    public void Clear()
    {
        Objects = 0;
        // What is known of a row goes too: the types may have other places by now.
        Array.Clear(_rows);
    }

    /// <summary>Rows by type name: classes that share a name are counted together.</summary>
    public Dictionary<string, (long Count, long Bytes)> ByName(IReadOnlyList<PythonType> types)
    {
        var byName = new Dictionary<string, (long Count, long Bytes)>(StringComparer.Ordinal);
        Objects = 0;
        for (var i = 0; i < Math.Min(types.Count, _rows.Length); i++)
        {
            if (_rows[i].Count == 0)
                continue;
            var sum = byName.GetValueOrDefault(types[i].Name);
            byName[types[i].Name] = (sum.Count + _rows[i].Count, sum.Bytes + _rows[i].Bytes);
            Objects += _rows[i].Count;
        }
        return byName;
    }

    private int LengthOffset(PythonType type)
    {
        var (offset, table) = type.Kind switch
        {
            ObjectKind.Mapping when type.HasFlag(TypeFlags.DictSubclass) => (layout.Dict.Used, layout.Dict.Keys),
            ObjectKind.Sequence when type.HasFlag(TypeFlags.ListSubclass) => (layout.List.Size, layout.List.Items),
            ObjectKind.Set => (layout.Set.Used, layout.Set.Table),
            // A deque keeps its length where every variable-sized object does.
            ObjectKind.Queue => (layout.List.Size, layout.List.Size),
            _ => (0, 0),
        };
        // Of a type that calls its instances smaller than their fields, these would be read behind the block.
        return table + sizeof(ulong) <= type.BasicSize ? offset : 0;
    }
}
