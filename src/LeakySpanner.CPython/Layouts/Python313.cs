namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// CPython 3.13, as its headers compile on x86-64 (checked with scripts/layout/probe on 3.13.0 and 3.13.5, which differ in where the
/// collector's lists begin: its header may be aligned to 4 bytes only), stated as what differs from 3.12: a table of offsets at the
/// start of the runtime, attributes behind the object, a coroutine's states, no C frames.
/// </summary>
public static class Python313
{
    public static readonly PythonLayout Layout = Python312.Layout with
    {
        Version = new Version(3, 13),
        StaticTypes = new StaticTypesLayout(First: 182968, Count: 200, Size: 48, Dict: 24, Subclasses: 32),
        DebugOffsets = new DebugOffsetsLayout(
            Version: 8, FreeThreaded: 16, InterpretersHead: 40, Next: 64, ThreadsHead: 72, Collector: 80, Modules: 88, SysDict: 96, Builtins: 104,
            ThreadNext: 168, ThreadInterpreter: 176, ThreadFrame: 184, Size: 584),
        Runtime = new RuntimeLayout(InterpretersHead: 632, InterpretersMain: 640, StaticObjects: 13840, Size: 283320),
        Interpreter = new InterpreterLayout(
            Next: 7264, ThreadsHead: 7344, Collector: 7400, Modules: 7656, ModulesByIndex: 7664, SysDict: 7640, Builtins: 7648, ImportLib: 7672, CodecSearchPath: 7960, Size: 194968),
        Thread = new ThreadLayout(
            Next: 8, Interpreter: 16, CFrame: -1, CurrentFrame: 72, NativeThreadId: 160, Dict: 128, Context: 208, CurrentException: 112, ExceptionState: 256, DatastackChunk: 232, Size: 312),
        Frame = Python312.Layout.Frame with { FrameObjectData = 64 },
        Coroutine = Python312.Layout.Coroutine with { Created = -3 },
        Type = Python312.Layout.Type with { HeapSize = 928, InlineValuesFlag = 1UL << 2 },
        Dict = Python312.Layout.Dict with { Attributes = AttributeForm.Embedded, ValuesFirst = 8 },
        Code = Python312.Layout.Code with { Cached = 160, Instructions = 200 },
        Tracemalloc = TracemallocLayouts.Python313,
        Objects = Python313Objects.Layouts,
    };
}
