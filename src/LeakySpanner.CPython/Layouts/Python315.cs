namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// CPython 3.15, as its headers compile on x86-64 (checked with scripts/layout/probe on 3.15.2), stated as what differs from 3.14: frozendict, a
/// coroutine's states, a collector that keeps its last collections in rings, modules without definitions, bytearray over bytes.
/// </summary>
public static class Python315
{
    public static readonly PythonLayout Layout = Python314.Layout with
    {
        Version = new Version(3, 15),
        StaticTypes = Python314.Layout.StaticTypes! with { First = 180264, Count = 203 },
        DebugOffsets = Python314.Layout.DebugOffsets! with { Size = 888 },
        Runtime = new RuntimeLayout(InterpretersHead: 936, InterpretersMain: 944, StaticObjects: 14224, Size: 346560),
        Interpreter = new InterpreterLayout(
            Next: 7264, ThreadsHead: 7336, Collector: 7400, Modules: 7592, ModulesByIndex: 7600, SysDict: 7576, Builtins: 7584, ImportLib: 7608, CodecSearchPath: 7952, Size: 226232),
        Collector = Python314.Layout.Collector with
        {
            Enabled = 0,
            Generations = 8,
            PermanentGeneration = 80,
            Stats = 104,
            GenerationZero = 168,
            Rings = new CollectionRingsLayout(YoungLength: 11, YoungIndex: 704, YoungSize: 712, OldLength: 3, OldIndex: 192, OldSize: 200, ItemSize: 64, ItemCollections: 16),
        },
        Thread = new ThreadLayout(
            Next: 8, Interpreter: 16, CFrame: -1, CurrentFrame: 72, NativeThreadId: 184, Dict: 152, Context: 232, CurrentException: 136, ExceptionState: 288, DatastackChunk: 256, Size: 1040),
        Coroutine = Python314.Layout.Coroutine with { Created = 0, Executing = 4 },
        Type = Python314.Layout.Type with { Size = 424, HeapName = 864, HeapSlots = 872, HeapQualifiedName = 880, HeapCachedKeys = 888, HeapModule = 896, HeapSize = 944 },
        Tracemalloc = TracemallocLayouts.Python315,
        Objects = Python315Objects.Layouts,
    };
}
