namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// CPython 3.14, as its headers compile on x86-64 (checked with scripts/layout/probe on 3.14.10), stated as what differs from 3.13: the
/// count of references shares its word with flags, references in frames are tagged, tuples keep their hash. 3.14 has had two collectors: the
/// incremental one of its first releases, and later that of 3.13 again. Both have three list heads in the same place; what follows them is
/// where the process says (_Py_DebugOffsets).
/// </summary>
public static class Python314
{
    public static readonly PythonLayout Layout = Python313.Layout with
    {
        Version = new Version(3, 14),
        ReferenceCount = new ReferenceCountLayout(CountMask: uint.MaxValue, FlagMask: 0xFFUL << 48, ImmortalFrom: 1UL << 31, ImmortalTo: 1UL << 32),
        StaticTypes = Python313.Layout.StaticTypes! with { First = 180240 },
        DebugOffsets = new DebugOffsetsLayout(
            Version: 8, FreeThreaded: 16, InterpretersHead: 40, Next: 64, ThreadsHead: 72, Collector: 88, Modules: 96, SysDict: 104, Builtins: 112,
            ThreadNext: 192, ThreadInterpreter: 200, ThreadFrame: 208, Size: 760),
        Runtime = new RuntimeLayout(InterpretersHead: 808, InterpretersMain: 816, StaticObjects: 14064, Size: 316616),
        Interpreter = new InterpreterLayout(
            Next: 7272, ThreadsHead: 7344, Collector: 7408, Modules: 7688, ModulesByIndex: 7696, SysDict: 7672, Builtins: 7680, ImportLib: 7704, CodecSearchPath: 8000, Size: 225864),
        Collector = Python313.Layout.Collector with { PermanentGeneration = 96, Stats = 120, GenerationZero = 256 },
        Thread = Python313.Layout.Thread with { Size = 880 },
        Frame = Python313.Layout.Frame with { Owner = 74, LocalsPlus = 80, FrameObjectData = 72, HasStackReferences = true },
        Type = Python313.Layout.Type with { HeapSize = 936 },
        List = Python313.Layout.List with { TupleItems = 32 },
        Code = Python313.Layout.Code with { Instructions = 208 },
        Tracemalloc = TracemallocLayouts.Python314,
        Objects = Python314Objects.Layouts,
    };
}
