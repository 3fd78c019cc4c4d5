using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Testing.Heaps;

/// <summary>
/// A heap drawn in code, in the shapes that a walk of CPython yields: a module is an object with a "__dict__", a function
/// has a closure tuple of cells, a frame's fields are its locals. It can be changed and built again, so that two
/// snapshots of "one process" can be compared. What nothing reaches is freed, unless it was declared garbage.
/// </summary>
public sealed class HeapSketch
{
    private readonly List<(RootKind Kind, string Name, SketchObject Object)> _roots = [];
    private readonly Dictionary<string, SketchObject> _interned = [];
    private readonly List<SketchObject> _garbage = [];
    private ulong _nextAddress = 0x7f00_0000_0000;

    /// <summary>Two processes have their objects at different places.</summary>
    public ulong FirstAddress { init => _nextAddress = value; }

    public SketchObject New(string typeName, ObjectKind kind, EdgeTail tail = EdgeTail.None) => new(this, Next(), typeName, kind, tail);

    public SketchObject NewDict(string typeName = "dict") => New(typeName, ObjectKind.Mapping, EdgeTail.Pairs);

    public SketchObject NewList() => New("list", ObjectKind.Sequence, EdgeTail.Items);

    public SketchObject NewTuple(params ReadOnlySpan<SketchObject> items) => New("tuple", ObjectKind.Sequence, EdgeTail.Items).With(items);

    public SketchObject NewSet() => New("set", ObjectKind.Set, EdgeTail.Members);

    public SketchObject NewDeque(long? maxlen = null)
    {
        var deque = New("collections.deque", ObjectKind.Queue, EdgeTail.Items);
        deque.Bound = maxlen;
        return deque;
    }

    public SketchObject NewText(int length)
    {
        var text = New("str", ObjectKind.Text);
        text.Size = 49 + length;
        return text;
    }

    public SketchObject NewInstance(string type) => New(type, ObjectKind.Instance);

    /// <summary>functools.lru_cache around a function: its store is a dict of its own.</summary>
    public SketchObject NewLruCache(SketchObject function, long? maxsize)
    {
        var cache = New("functools._lru_cache_wrapper", ObjectKind.Cache).Field("func", function).Field("cache", NewDict());
        cache.Bound = maxsize;
        return cache;
    }

    public SketchObject NewFunction(string module, string qualifiedName)
    {
        var function = New("function", ObjectKind.Function);
        return function.Field("__module__", Interned(module)).Field("__qualname__", Interned(qualifiedName));
    }

    /// <summary>A function with free variables, each in a cell of its closure.</summary>
    public SketchObject NewClosure(string module, string qualifiedName, params ReadOnlySpan<(string Name, SketchObject Value)> free)
    {
        var cells = NewTuple();
        var names = NewTuple();
        foreach (var (name, value) in free)
        {
            cells.With(New("cell", ObjectKind.Cell).Field("cell_contents", value));
            names.With(Interned(name));
        }

        var code = New("code", ObjectKind.Code).Field("co_localsplusnames", names);
        return NewFunction(module, qualifiedName).Field("__code__", code).Field("__closure__", cells);
    }

    public SketchObject NewCoroutine(string qualifiedName) => New($"coroutine {qualifiedName}", ObjectKind.Coroutine);

    public SketchObject NewTask(SketchObject coroutine) => New("_asyncio.Task", ObjectKind.Task).Field("task_coro", coroutine);

    public SketchObject NewClass(string qualifiedName)
    {
        var type = New("type", ObjectKind.Type);
        type.Size = 1064;
        type.Field("__dict__", NewDict());
        Classes[qualifiedName] = type;
        return type;
    }

    public Dictionary<string, SketchObject> Classes { get; } = [];

    public SketchObject Interned(string name)
    {
        if (!_interned.TryGetValue(name, out var text))
            _interned[name] = text = new SketchObject(this, Next(), "str", ObjectKind.Text, EdgeTail.None) { Name = name, Size = 49 + name.Length };
        return text;
    }

    /// <summary>The module of that name; made and rooted when first asked for.</summary>
    public SketchObject Module(string name)
    {
        foreach (var root in _roots)
        {
            if (root.Kind == RootKind.Module && root.Name == name)
                return root.Object;
        }

        return Root(RootKind.Module, name, New("module", ObjectKind.Module));
    }

    /// <summary>A frame that a thread is running; <see cref="SketchObject.Bind"/> gives it locals.</summary>
    public SketchObject Frame(string thread, string function) =>
        Root(RootKind.Thread, thread, New($"frame {function}", ObjectKind.Frame));

    public SketchObject Root(RootKind kind, string name, SketchObject target)
    {
        _roots.Add((kind, name, target));
        return target;
    }

    /// <summary>Stays in the heap although no root leads to it.</summary>
    public SketchObject Garbage(SketchObject target)
    {
        _garbage.Add(target);
        return target;
    }

    /// <param name="codes">What the code objects say; the node of each is filled in.</param>
    public HeapGraph Build(params ReadOnlySpan<(SketchObject Object, CodeInfo Code)> codes) => SketchBuild.Build(_roots, _garbage, Classes, codes);

    public HeapSnapshot Snapshot(TimeSpan at = default) => new(at, "CPython 3.11.2", "python app.py", Build(), default, []);

    private Address Next()
    {
        _nextAddress += 64;
        return new Address(_nextAddress);
    }
}
