namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// Where CPython keeps what, for one feature version of a default 64-bit build. Layout is data: a new version is a new value
/// that states its differences (`Python311 with { ... }`). Offsets in bytes; the member of the C struct stands beside
/// each where the name does not tell.
/// </summary>
public sealed record PythonLayout
{
    public required Version Version { get; init; }

    public required RuntimeLayout Runtime { get; init; }

    public required InterpreterLayout Interpreter { get; init; }

    public required CollectorLayout Collector { get; init; }

    public required ThreadLayout Thread { get; init; }

    public required FrameLayout Frame { get; init; }

    public required CoroutineLayout Coroutine { get; init; }

    public required PoolLayout Pool { get; init; }

    public required TypeLayout Type { get; init; }

    public required DictLayout Dict { get; init; }

    public required ListLayout List { get; init; }

    public required SetLayout Set { get; init; }

    public required TextLayout Text { get; init; }

    public required CodeLayout Code { get; init; }

    public required FunctionLayout Function { get; init; }

    public required WeakReferenceLayout WeakReference { get; init; }

    public required TracemallocLayout Tracemalloc { get; init; }

    public required ObjectLayouts Objects { get; init; }
}

/// <summary>_PyRuntimeState (Include/internal/pycore_runtime.h).</summary>
public sealed record RuntimeLayout(int InterpretersHead, int InterpretersMain, int StaticObjects, int Size);

/// <summary>PyInterpreterState (Include/internal/pycore_interp.h).</summary>
public sealed record InterpreterLayout(
    int Next, int ThreadsHead, int Collector, int Modules, int ModulesByIndex, int SysDict, int Builtins, int ImportLib, int CodecSearchPath, int Size);

/// <summary>struct _gc_runtime_state (pycore_gc.h). A generation is a list head (16 bytes), a threshold and a count.</summary>
public sealed record CollectorLayout(
    int Enabled, int Generations, int GenerationCount, int GenerationSize, int Threshold, int Count, int PermanentGeneration, int Stats, int StatsSize, int HeaderSize);

/// <summary>PyThreadState (Include/cpython/pystate.h). CurrentFrame is read through CFrame where that is not negative.</summary>
public sealed record ThreadLayout(
    int Next, int Interpreter, int CFrame, int CurrentFrame, int NativeThreadId, int Dict, int Context, int CurrentException, int ExceptionState, int DatastackChunk, int Size);

/// <summary>_PyInterpreterFrame (pycore_frame.h). StackTop counts slots of LocalsPlus in use; -1 while the frame runs.</summary>
public sealed record FrameLayout(
    int Function, int Globals, int Builtins, int Locals, int Code, int FrameObject, int Previous, int PreviousInstruction, int StackTop, int Owner, int LocalsPlus,
    int FrameObjectFrame, int FrameObjectTrace, int FrameObjectData);

/// <summary>PyGenObject and its twins (genobject.h). FrameState: -2 created, -1 suspended, 0 executing, 1 completed, 4 cleared.</summary>
public sealed record CoroutineLayout(int Code, int WeakList, int Name, int QualifiedName, int ExceptionState, int Origin, int FrameState, int Frame);

/// <summary>struct pool_header and obmalloc's constants (pycore_obmalloc.h; Objects/obmalloc.c).</summary>
public sealed record PoolLayout(
    int ArenaSize, int PoolSize, int HeaderSize, int Alignment, int LargestBlock, int FreeBlock, int NextPool, int PreviousPool, int ArenaIndex, int SizeIndex, int NextOffset, int LargestNextOffset);

/// <summary>PyTypeObject and PyHeapTypeObject (Include/cpython/object.h).</summary>
public sealed record TypeLayout(
    int Name, int BasicSize, int ItemSize, int Flags, int Traverse, int WeakListOffset, int Members, int Base, int Dict, int DictOffset, int Bases, int Mro, int Cache, int Subclasses, int WeakList,
    int Size, int HeapName, int HeapSlots, int HeapQualifiedName, int HeapCachedKeys, int HeapModule, int HeapSize,
    ulong HeapTypeFlag, ulong HasCollectorFlag, ulong ManagedDictFlag);

/// <summary>PyDictObject, _dictkeysobject and _dictvalues (pycore_dict.h). Kinds: 0 general, 1 unicode, 2 split.</summary>
public sealed record DictLayout(
    int Used, int Keys, int Values, int Size, int KeysReferences, int KeysLog2Size, int KeysLog2IndexBytes, int KeysKind, int KeysUsable, int KeysEntries, int KeysIndices, int GeneralEntrySize, int UnicodeEntrySize,
    int ValuesFirst, int InlineValuesPointer, int InlineDictPointer);

/// <summary>PyListObject and PyTupleObject.</summary>
public sealed record ListLayout(int Size, int Items, int Allocated, int TupleItems);

/// <summary>PySetObject (Include/cpython/setobject.h).</summary>
public sealed record SetLayout(int Fill, int Used, int Mask, int Table, int SmallTable, int WeakList, int EntrySize);

/// <summary>PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject (Include/cpython/unicodeobject.h). The state is a bit field:
/// interned at InternedShift (2 bits), kind at KindShift (3), compact, ascii, ready from CompactShift (1 each).</summary>
public sealed record TextLayout(
    int Length, int State, int AsciiSize, int CompactSize, int Utf8Length, int Utf8, int Data, int InternedShift, int KindShift, int CompactShift, int AsciiShift);

/// <summary>PyCodeObject (Include/cpython/code.h).</summary>
public sealed record CodeLayout(
    int Constants, int Names, int ExceptionTable, int Flags, int ArgumentCount, int StackSize, int FirstLine, int LocalsPlusCount, int LocalsPlusNames, int LocalsPlusKinds, int FileName, int Name, int QualifiedName, int LineTable, int WeakList, int Instructions);

/// <summary>PyFunctionObject (Include/cpython/funcobject.h).</summary>
public sealed record FunctionLayout(
    int Globals, int Builtins, int Name, int QualifiedName, int Code, int Defaults, int KeywordDefaults, int Closure, int Documentation, int Dict, int WeakList, int Module, int Annotations);

/// <summary>PyWeakReference.</summary>
public sealed record WeakReferenceLayout(int Referent, int Callback, int Size);

/// <summary>
/// What tracemalloc keeps: its switches, its tables (_Py_hashtable_t, pycore_hashtable.h), what they hold (trace_t, traceback_t and the packed
/// frame_t of Modules/_tracemalloc.c). To 3.11 the switches are exported and the tables are static variables; from 3.12 both are in _PyRuntimeState.
/// </summary>
public sealed record TracemallocLayout(
    int ConfigTracing, int ConfigMostFrames, int ConfigSize,
    int TableEntries, int TableBucketCount, int TableBuckets, int TableFind, int TableHash, int TableCompare, int TableKeyDestroy, int TableValueDestroy, int TableSize,
    int EntryNext, int EntryHash, int EntryKey, int EntryValue, int EntrySize,
    int TraceBytes, int TraceTraceback, int TraceSize,
    int TracebackFrameCount, int TracebackAllFrames, int TracebackFrames, int FrameFile, int FrameLine, int FrameSize);
