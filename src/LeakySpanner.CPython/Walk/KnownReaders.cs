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
        var set = new Known(new SetReader(layout), []);
        var coroutine = new Known(new CoroutineReader(layout), CoroutineFields(layout.Coroutine));
        var known = new Dictionary<string, Known>
        {
            ["dict"] = new(new DictReader(layout, limits), []),
            ["frozendict"] = new(new DictReader(layout, limits), []),
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
            ["frame"] = new(new FrameObjectReader(layout), [new("f_back", sizeof(ulong) * 2), new("f_trace", layout.Frame.FrameObjectTrace), .. objects.FrameObjectFields]),
            ["collections.deque"] = new(new DequeReader(layout), []),
            ["collections.OrderedDict"] = new(new OrderedDictReader(layout, limits), []),
            ["array.array"] = new(new ArrayReader(layout), []),
            ["numpy.ndarray"] = new(new NumericArrayReader(layout), [new("base", objects.NumericArray.Base), new("dtype", objects.NumericArray.Descriptor)]),
        };
        foreach (var type in objects.Fixed)
        {
            ObjectReader reader = type.TypeName switch
            {
                "functools._lru_cache_wrapper" => new LruCacheReader(layout),
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

    private static ImmutableArray<FieldOffset> CoroutineFields(CoroutineLayout layout) =>
    [
        new("__code__", layout.Code), new("__name__", layout.Name), new("__qualname__", layout.QualifiedName), new("__exception__", layout.ExceptionState), new("__origin__", layout.Origin),
    ];

    internal sealed record Known(ObjectReader Reader, ImmutableArray<FieldOffset> Fields);
}
