namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// CPython 3.12, as its headers compile on x86-64 (checked with scripts/layout/probe on 3.12.1), stated as what differs from 3.11: objects
/// can be immortal, static types keep dict and subclasses in the interpreter, a word before an instance leads to its values or its
/// dict, str has lost its wide form, int keeps sign and length in a tag, frames begin with their code.
/// </summary>
public static class Python312
{
    public static readonly PythonLayout Layout = Python311.Layout with
    {
        Version = new Version(3, 12),
        ReferenceCount = new ReferenceCountLayout(CountMask: ulong.MaxValue, FlagMask: 0, ImmortalFrom: 1UL << 31, ImmortalTo: 3UL << 31),
        StaticTypes = new StaticTypesLayout(First: 373704, Count: 200, Size: 40, Dict: 16, Subclasses: 24),
        Runtime = new RuntimeLayout(InterpretersHead: 40, InterpretersMain: 48, StaticObjects: 3112, Size: 459944),
        Interpreter = new InterpreterLayout(
            Next: 0, ThreadsHead: 72, Collector: 112, Modules: 944, ModulesByIndex: 952, SysDict: 352, Builtins: 360, ImportLib: 960, CodecSearchPath: 1248, Size: 383552),
        Collector = Python311.Layout.Collector with { GenerationZero = 96 },
        Thread = new ThreadLayout(
            Next: 8, Interpreter: 16, CFrame: 56, CurrentFrame: 0, NativeThreadId: 144, Dict: 112, Context: 208, CurrentException: 96, ExceptionState: 256, DatastackChunk: 232, Size: 288),
        Frame = new FrameLayout(
            Function: 16, Globals: 24, Builtins: 32, Locals: 40, Code: 0, FrameObject: 48, Previous: 8, PreviousInstruction: 56, StackTop: 64, Owner: 70, LocalsPlus: 72,
            FrameObjectFrame: 24, FrameObjectTrace: 32, FrameObjectData: 48),
        // The code of a coroutine is that of its frame.
        Coroutine = new CoroutineLayout(Code: 72, WeakList: 16, Name: 24, QualifiedName: 32, ExceptionState: 40, Origin: 56, FrameState: 67, Frame: 72),
        Type = Python311.Layout.Type with
        {
            Size = 416,
            HeapName = 856,
            HeapSlots = 864,
            HeapQualifiedName = 872,
            HeapCachedKeys = 880,
            HeapModule = 888,
            HeapSize = 920,
            ManagedWeakReferencesFlag = 1UL << 3,
        },
        Dict = Python311.Layout.Dict with { Attributes = AttributeForm.Tagged },
        Text = Python311.Layout.Text with { AsciiSize = 40, CompactSize = 56, Utf8Length = 40, Utf8 = 48, Data = 56 },
        Code = Python311.Layout.Code with { ArgumentCount = 52, StackSize = 64, FirstLine = 68, LocalsPlusCount = 72, Cached = 152, Instructions = 192 },
        Tracemalloc = TracemallocLayouts.Python312,
        Objects = Python312Objects.Layouts,
    };
}
