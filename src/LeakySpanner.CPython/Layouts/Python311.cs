namespace LeakySpanner.CPython.Layouts;

/// <summary>CPython 3.11, as its headers compile on x86-64 (checked with offsetof on 3.11.2 and 3.11.7).</summary>
public static class Python311
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new Version(3, 11),
        Runtime = new RuntimeLayout(InterpretersHead: 40, InterpretersMain: 48, StaticObjects: 680, Size: 166688),
        Interpreter = new InterpreterLayout(
            Next: 0, ThreadsHead: 16, Collector: 648, Modules: 888, ModulesByIndex: 896, SysDict: 904, Builtins: 912, ImportLib: 920, CodecSearchPath: 936, Size: 107752),
        Collector = new CollectorLayout(
            Enabled: 12, Generations: 24, GenerationCount: 3, GenerationSize: 24, Threshold: 16, Count: 20, PermanentGeneration: 104, Stats: 128, StatsSize: 24, HeaderSize: 16),
        Thread = new ThreadLayout(
            Next: 8, Interpreter: 16, CFrame: 56, CurrentFrame: 8, NativeThreadId: 160, Dict: 128, Context: 224, CurrentException: 96, ExceptionState: 320, DatastackChunk: 296, Size: 360),
        Frame = new FrameLayout(
            Function: 0, Globals: 8, Builtins: 16, Locals: 24, Code: 32, FrameObject: 40, Previous: 48, PreviousInstruction: 56, StackTop: 64, Owner: 69, LocalsPlus: 72,
            FrameObjectFrame: 24, FrameObjectTrace: 32, FrameObjectData: 48),
        Coroutine = new CoroutineLayout(Code: 16, WeakList: 24, Name: 32, QualifiedName: 40, ExceptionState: 48, Origin: 64, FrameState: 75, Frame: 80),
        Pool = new PoolLayout(
            ArenaSize: 1 << 20, PoolSize: 1 << 14, HeaderSize: 48, Alignment: 16, LargestBlock: 512,
            FreeBlock: 8, NextPool: 16, PreviousPool: 24, ArenaIndex: 32, SizeIndex: 36, NextOffset: 40, LargestNextOffset: 44),
        Type = new TypeLayout(
            Name: 24, BasicSize: 32, ItemSize: 40, Flags: 168, Traverse: 184, WeakListOffset: 208, Members: 240, Base: 256, Dict: 264, DictOffset: 288, Bases: 336, Mro: 344, Cache: 352, Subclasses: 360, WeakList: 368,
            Size: 408, HeapName: 848, HeapSlots: 856, HeapQualifiedName: 864, HeapCachedKeys: 872, HeapModule: 880, HeapSize: 904,
            HeapTypeFlag: 1UL << 9, HasCollectorFlag: 1UL << 14, ManagedDictFlag: 1UL << 4),
        Dict = new DictLayout(
            Used: 16, Keys: 32, Values: 40, Size: 48, KeysReferences: 0, KeysLog2Size: 8, KeysLog2IndexBytes: 9, KeysKind: 10, KeysUsable: 16, KeysEntries: 24, KeysIndices: 32, GeneralEntrySize: 24, UnicodeEntrySize: 16,
            ValuesFirst: 0, InlineValuesPointer: -32, InlineDictPointer: -24),
        List = new ListLayout(Size: 16, Items: 24, Allocated: 32, TupleItems: 24),
        Set = new SetLayout(Fill: 16, Used: 24, Mask: 32, Table: 40, SmallTable: 64, WeakList: 192, EntrySize: 16),
        Text = new TextLayout(
            Length: 16, State: 32, AsciiSize: 48, CompactSize: 72, Utf8Length: 48, Utf8: 56, Data: 72, InternedShift: 0, KindShift: 2, CompactShift: 5, AsciiShift: 6),
        Code = new CodeLayout(
            Constants: 24, Names: 32, ExceptionTable: 40, Flags: 48, ArgumentCount: 56, StackSize: 68, FirstLine: 72, LocalsPlusCount: 76, LocalsPlusNames: 96, LocalsPlusKinds: 104, FileName: 112, Name: 120, QualifiedName: 128, LineTable: 136, WeakList: 144, Instructions: 184),
        Function = new FunctionLayout(
            Globals: 16, Builtins: 24, Name: 32, QualifiedName: 40, Code: 48, Defaults: 56, KeywordDefaults: 64, Closure: 72, Documentation: 80, Dict: 88, WeakList: 96, Module: 104, Annotations: 112),
        WeakReference = new WeakReferenceLayout(Referent: 16, Callback: 24, Size: 64),
        Tracemalloc = TracemallocLayouts.Python39,
        Objects = Python311Objects.Layouts,
    };
}
