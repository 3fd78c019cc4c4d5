namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// CPython 3.10, as its headers compile on x86-64 (checked with offsetof on 3.10.13). Differs from 3.11 in what a program
/// runs on: frames are objects, attributes stand in a dict of their own, code keeps its names apart.
/// </summary>
public static class Python310
{
    public static readonly PythonLayout Layout = Python311.Layout with
    {
        Version = new Version(3, 10),
        Runtime = new RuntimeLayout(InterpretersHead: 32, InterpretersMain: 40, StaticObjects: -1, Size: 672),
        Interpreter = new InterpreterLayout(
            Next: 0, ThreadsHead: 8, Collector: 616, Modules: 856, ModulesByIndex: 864, SysDict: 872, Builtins: 880, ImportLib: 888, CodecSearchPath: 912, Size: 113528),
        Thread = new ThreadLayout(
            Next: 8, Interpreter: 16, CFrame: -1, CurrentFrame: 24, NativeThreadId: -1, Dict: 152, Context: 240, CurrentException: 88, ExceptionState: 112, DatastackChunk: -1, Size: 280),
        Frame = new FrameLayout(
            Function: -1, Globals: 48, Builtins: 40, Locals: 56, Code: 32, FrameObject: -1, Previous: 24, PreviousInstruction: 96, StackTop: 80, Owner: -1, LocalsPlus: 352,
            FrameObjectFrame: -1, FrameObjectTrace: 72, FrameObjectData: 0)
        {
            AreObjects = true,
            ValueStack = 64,
            Generator = 88,
        },
        Coroutine = new CoroutineLayout(Code: 24, WeakList: 32, Name: 40, QualifiedName: 48, ExceptionState: 56, Origin: 88, FrameState: -1, Frame: 16),
        Type = Python311.Layout.Type with { HeapName = 848, HeapSlots = 856, HeapQualifiedName = 864, HeapCachedKeys = 872, HeapModule = 880, HeapSize = 888, ManagedDictFlag = 0 },
        Dict = Python311.Layout.Dict with
        {
            KeysSlots = 8,
            KeysLog2Size = -1,
            KeysLog2IndexBytes = -1,
            KeysKind = -1,
            KeysUsable = 24,
            KeysEntries = 32,
            KeysIndices = 40,
            UnicodeEntrySize = 24,
            InlineValuesPointer = 0,
            InlineDictPointer = 0,
        },
        Code = new CodeLayout(
            Constants: 56, Names: 64, ExceptionTable: -1, Flags: 36, ArgumentCount: 16, StackSize: 32, FirstLine: 40, LocalsPlusCount: 28, LocalsPlusNames: -1, LocalsPlusKinds: -1,
            FileName: 104, Name: 112, QualifiedName: 112, LineTable: 120, WeakList: 136, Instructions: 176)
        {
            Separate = new SeparateCodeLayout(Bytecode: 48, LocalNames: 72, CellNames: 88, FreeNames: 80, SpareFrame: 128),
        },
        Function = Python311.Layout.Function,
        WeakReference = Python311.Layout.WeakReference with { Size = 56 },
        Objects = Python310Objects.Layouts,
    };
}
