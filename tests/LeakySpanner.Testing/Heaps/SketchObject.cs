using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Testing.Heaps;

/// <summary>One object of a <see cref="HeapSketch"/>. It keeps its address from build to build while it is reachable.</summary>
public sealed class SketchObject
{
    private readonly HeapSketch _heap;

    internal SketchObject(HeapSketch heap, Address address, string typeName, ObjectKind kind, EdgeTail tail)
    {
        (_heap, Address, TypeName, Kind, Tail) = (heap, address, typeName, kind, tail);
    }

    public Address Address { get; }

    public string TypeName { get; }

    public ObjectKind Kind { get; }

    internal EdgeTail Tail { get; }

    /// <summary>The block itself; entries of the tail are added to it when the heap is built.</summary>
    public long Size { get; set; } = 48;

    /// <summary>Text that the target interned, for names only.</summary>
    public string? Name { get; internal init; }

    public long? Bound { get; set; }

    public List<(string Name, SketchObject Target)> Fields { get; } = [];

    /// <summary>Items in order, or keys and values in turn.</summary>
    public List<SketchObject> Entries { get; } = [];

    public int Length => Tail == EdgeTail.Pairs ? Entries.Count / 2 : Entries.Count;

    public SketchObject Field(string name, SketchObject target)
    {
        Fields.RemoveAll(field => field.Name == name);
        Fields.Add((name, target));
        return this;
    }

    /// <summary>The namespace of a module, class, function or instance; itself for a dict.</summary>
    public SketchObject Namespace
    {
        get
        {
            if (Kind == ObjectKind.Mapping)
                return this;
            var found = Fields.Find(entry => entry.Name == "__dict__").Target;
            if (found is null)
                Field("__dict__", found = _heap.NewDict());
            return found;
        }
    }

    /// <summary>Binds a name (a global of a module, an attribute, a local) to an object, and returns that object.</summary>
    public SketchObject Bind(string name, SketchObject value)
    {
        if (Kind is ObjectKind.Frame or ObjectKind.Coroutine)
        {
            Field(name, value);
            return value;
        }

        var entries = Namespace.Entries;
        for (var at = 0; at < entries.Count; at += 2)
        {
            if (entries[at].Name == name)
            {
                entries[at + 1] = value;
                return value;
            }
        }

        entries.Add(_heap.Interned(name));
        entries.Add(value);
        return value;
    }

    public SketchObject Dict(string name) => Bind(name, _heap.NewDict());

    public SketchObject List(string name) => Bind(name, _heap.NewList());

    public SketchObject Set(string name) => Bind(name, _heap.NewSet());

    public SketchObject Deque(string name, long? maxlen = null) => Bind(name, _heap.NewDeque(maxlen));

    public SketchObject Instance(string name, string type) => Bind(name, _heap.NewInstance(type));

    /// <summary>Appends items; in a dict, under keys that are data and not names.</summary>
    public SketchObject With(params ReadOnlySpan<SketchObject> items)
    {
        foreach (var item in items)
        {
            if (Tail == EdgeTail.Pairs)
                Entries.Add(_heap.NewText(9));
            Entries.Add(item);
        }

        return this;
    }

    /// <summary>Appends so many texts of so many characters.</summary>
    public SketchObject WithTexts(int count, int length = 1000)
    {
        for (var i = 0; i < count; i++)
            With(_heap.NewText(length));
        return this;
    }

    /// <summary>Drops the oldest entries.</summary>
    public SketchObject Drop(int count)
    {
        Entries.RemoveRange(0, count * (Tail == EdgeTail.Pairs ? 2 : 1));
        return this;
    }

    internal long ShallowSize => Size + (Length * (Tail == EdgeTail.Pairs ? 24L : 8L));
}
