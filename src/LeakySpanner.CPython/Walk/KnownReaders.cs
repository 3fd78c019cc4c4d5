using System.Collections.Frozen;
using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Objects;
using LeakySpanner.CPython.Types;

namespace LeakySpanner.CPython.Walk;

/// <summary>The types whose objects are known exactly, by name: a reader, and the named references of the type's own part.</summary>
internal sealed class KnownReaders
{
    private readonly FrozenDictionary<string, Known> _static;
    private readonly FrozenDictionary<string, Known> _qualified;

    public KnownReaders(PythonLayout layout, WalkLimits limits)
    {
        var objects = layout.Objects;
        var plain = new FixedReader();
        Scan = new ScanReader();
        Frame = new RunningFrameReader(layout);
        var dict = DictReader.For(layout, limits);
        var set = new Known(new SetReader(layout), []);
        var coroutine = CoroutineOf(layout);
        var known = new Dictionary<string, Known>
        {
            ["dict"] = new(dict, []),
            ["frozendict"] = new(dict, []),
            ["list"] = new(new ListReader(layout), []),
            ["tuple"] = new(new TupleReader(layout), []),
            ["set"] = set,
            ["frozenset"] = set,
            ["str"] = new(new TextObjectReader(layout, limits), []),
            ["bytes"] = new(plain, []),
            ["bytearray"] = new(new ByteArrayReader(layout), objects.ByteArray.BytesObject < 0 ? [] : [new("bytes", objects.ByteArray.BytesObject)]),
            ["int"] = new(new NumberReader(layout), []),
            ["type"] = new(new TypeObjectReader(layout, limits), objects.TypeFields),
            ["module"] = new(new ModuleReader(layout, limits), [new("__name__", objects.Module.Name)]),
            ["generator"] = coroutine,
            ["coroutine"] = coroutine,
            ["async_generator"] = coroutine,
            ["frame"] = FrameOf(layout),
            ["collections.deque"] = new(new DequeReader(layout), []),
            ["collections.OrderedDict"] = new(new OrderedDictReader(layout, dict), []),
            ["array.array"] = new(new ArrayReader(layout), []),
            ["numpy.ndarray"] = new(new NumericArrayReader(layout), [new("base", objects.NumericArray.Base), new("dtype", objects.NumericArray.Descriptor)]),
        };
        foreach (var type in objects.Fixed)
        {
            ObjectReader reader = type.TypeName switch
            {
                "functools._lru_cache_wrapper" => new LruCacheReader(layout),
                "code" when layout.Code.Separate is { } separate => new ClassicCodeReader(layout, separate),
                "code" => new CodeObjectReader(layout.Code),
                _ => plain,
            };
            known[type.TypeName] = new(reader, type.Fields);
        }

        _static = known.ToFrozenDictionary();
        _qualified = known.Where(pair => pair.Key.Contains('.', StringComparison.Ordinal)).ToFrozenDictionary();
    }

    public ScanReader Scan { get; }

    public RunningFrameReader Frame { get; }

    /// <summary>A class statement can take a bare name ("list") but not a dotted one without its module in front.</summary>
    public Known? Find(PythonType type) =>
        (type.IsHeapType ? _qualified : _static).TryGetValue(type.Name, out var known) ? known : null;

    private static Known CoroutineOf(PythonLayout layout)
    {
        var coroutine = layout.Coroutine;
        ImmutableArray<FieldOffset> names = [new("__code__", coroutine.Code), new("__name__", coroutine.Name), new("__qualname__", coroutine.QualifiedName)];
        var (exception, origin) = (coroutine.ExceptionState, new FieldOffset("__origin__", coroutine.Origin));
        return layout.Frame.AreObjects
            // The exception being handled was a class, a value and a traceback then.
            ? new(new ClassicCoroutineReader(layout),
                [
                    new("cr_frame", coroutine.Frame), .. names, new("__exception_type__", exception), new("__exception__", exception + sizeof(ulong)),
                    new("__traceback__", exception + (2 * sizeof(ulong))), origin,
                ])
            : new(new CoroutineReader(layout), [.. names, new("__exception__", exception), origin]);
    }

    private static Known FrameOf(PythonLayout layout)
    {
        var frame = layout.Frame;
        return frame.AreObjects
            ? new(new ClassicFrameReader(layout),
                [
                    new("f_back", frame.Previous), new("f_code", frame.Code), new("f_builtins", frame.Builtins), new("f_globals", frame.Globals), new("__locals__", frame.Locals),
                    new("f_trace", frame.FrameObjectTrace),
                ])
            : new(new FrameObjectReader(layout), [new("f_back", sizeof(ulong) * 2), new("f_trace", frame.FrameObjectTrace), .. layout.Objects.FrameObjectFields]);
    }

    internal sealed record Known(ObjectReader Reader, ImmutableArray<FieldOffset> Fields);
}
