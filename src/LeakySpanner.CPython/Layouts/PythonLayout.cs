namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// Where CPython keeps what, for one feature version of a default 64-bit build. Layout is data: a new version is a new value
/// that states its differences (`Python311 with { ... }`). Offsets in bytes; the member of the C struct stands beside
/// each where the name does not tell.
/// </summary>
public sealed record PythonLayout
{
    public required Version Version { get; init; }

    public ReferenceCountLayout ReferenceCount { get; init; } = ReferenceCountLayout.Plain;

    /// <summary>Where each interpreter keeps what belongs to the static types of CPython itself, from 3.12 on.</summary>
    public StaticTypesLayout? StaticTypes { get; init; }

    /// <summary>The table by which a process tells its own offsets, from 3.13 on.</summary>
    public DebugOffsetsLayout? DebugOffsets { get; init; }

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
public sealed record RuntimeLayout(int InterpretersHead, int InterpretersMain, int StaticObjects, int Size)
{
    /// <summary>The one collector of all interpreters, to 3.8; -1 where each interpreter has its own.</summary>
    public int Collector { get; init; } = -1;
}

/// <summary>PyInterpreterState (Include/internal/pycore_interp.h).</summary>
public sealed record InterpreterLayout(
    int Next, int ThreadsHead, int Collector, int Modules, int ModulesByIndex, int SysDict, int Builtins, int ImportLib, int CodecSearchPath, int Size);

/// <summary>struct _gc_runtime_state (pycore_gc.h). A generation is a list head (16 bytes), a threshold and a count.</summary>
public sealed record CollectorLayout(
    int Enabled, int Generations, int GenerationCount, int GenerationSize, int Threshold, int Count, int PermanentGeneration, int Stats, int StatsSize, int HeaderSize)
{
    /// <summary>Of _gc_next: the lowest bits hold flags while a collection runs, or of an incremental collector. Heads of lists may be aligned to 4 bytes only.</summary>
    public const ulong LinkMask = ~3UL;

    /// <summary>generation0, a pointer to the first of Generations; -1 where there is none.</summary>
    public int GenerationZero { get; init; } = -1;

    /// <summary>Where Stats is a pointer to the last collections of each generation (3.15), not their counts; else null.</summary>
    public CollectionRingsLayout? Rings { get; init; }
}

/// <summary>struct gc_stats: a ring of gc_generation_stats per generation, and which of its items is the newest.</summary>
public sealed record CollectionRingsLayout(int YoungLength, int YoungIndex, int YoungSize, int OldLength, int OldIndex, int OldSize, int ItemSize, int ItemCollections);

/// <summary>PyThreadState (Include/cpython/pystate.h). CurrentFrame is read through CFrame where that is not negative; NativeThreadId is
/// negative where the struct has none.</summary>
public sealed record ThreadLayout(
    int Next, int Interpreter, int CFrame, int CurrentFrame, int NativeThreadId, int Dict, int Context, int CurrentException, int ExceptionState, int DatastackChunk, int Size);

/// <summary>_PyInterpreterFrame (pycore_frame.h). StackTop counts slots of LocalsPlus in use; -1 while the frame runs.</summary>
public sealed record FrameLayout(
    int Function, int Globals, int Builtins, int Locals, int Code, int FrameObject, int Previous, int PreviousInstruction, int StackTop, int Owner, int LocalsPlus,
    int FrameObjectFrame, int FrameObjectTrace, int FrameObjectData)
{
    /// <summary>From 3.14 on, slots and f_executable are tagged (_PyStackRef), and StackTop is the address where the slots in use end.</summary>
    public bool HasStackReferences { get; init; }

    /// <summary>To 3.10, where every frame is a PyFrameObject of its own (Include/cpython/frameobject.h) and all offsets are from it.
    /// Function, FrameObject and Owner do not exist there.</summary>
    public bool AreObjects { get; init; }

    /// <summary>f_valuestack of such an object.</summary>
    public int ValueStack { get; init; }

    /// <summary>f_gen of such an object: the generator that it belongs to, or null.</summary>
    public int Generator { get; init; }

    /// <summary>To 3.9, StackTop is f_stacktop: where in memory the value stack ends, null while the frame runs.</summary>
    public bool StackTopIsPointer { get; init; }
}

/// <summary>PyGenObject and its twins (genobject.h). FrameState: -2 created, -1 suspended, 0 executing, 1 completed, 4 cleared. To 3.10,
/// Frame is a reference to a frame object, null once the coroutine has ended, and FrameState is not needed.</summary>
public sealed record CoroutineLayout(int Code, int WeakList, int Name, int QualifiedName, int ExceptionState, int Origin, int FrameState, int Frame)
{
    /// <summary>FRAME_CREATED, the lowest state in which there is a frame.</summary>
    public sbyte Created { get; init; } = -2;

    /// <summary>FRAME_EXECUTING, the highest such state.</summary>
    public sbyte Executing { get; init; }
}

/// <summary>struct pool_header and obmalloc's constants (pycore_obmalloc.h; Objects/obmalloc.c).</summary>
public sealed record PoolLayout(
    int ArenaSize, int PoolSize, int HeaderSize, int Alignment, int LargestBlock, int FreeBlock, int NextPool, int PreviousPool, int ArenaIndex, int SizeIndex, int NextOffset, int LargestNextOffset);

/// <summary>PyTypeObject and PyHeapTypeObject (Include/cpython/object.h).</summary>
public sealed record TypeLayout(
    int Name, int BasicSize, int ItemSize, int Flags, int Traverse, int WeakListOffset, int Members, int Base, int Dict, int DictOffset, int Bases, int Mro, int Cache, int Subclasses, int WeakList,
    int Size, int HeapName, int HeapSlots, int HeapQualifiedName, int HeapCachedKeys, int HeapModule, int HeapSize,
    ulong HeapTypeFlag, ulong HasCollectorFlag, ulong ManagedDictFlag)
{
    /// <summary>Py_TPFLAGS_MANAGED_WEAKREF (3.12): the list of weak references stands before the object. 0 where there is no such flag.</summary>
    public ulong ManagedWeakReferencesFlag { get; init; }

    /// <summary>Py_TPFLAGS_INLINE_VALUES (3.13): attributes stand behind the object.</summary>
    public ulong InlineValuesFlag { get; init; }

    /// <summary>tp_name of a static type that has instances though it is never made ready: no flag says so, and it has neither bases nor a dict. Null where
    /// there is none.</summary>
    public string? UnreadyType { get; init; }
}

/// <summary>PyDictObject, _dictkeysobject and _dictvalues (pycore_dict.h). Kinds: 0 general, 1 unicode, 2 split.</summary>
public sealed record DictLayout(
    int Used, int Keys, int Values, int Size, int KeysReferences, int KeysLog2Size, int KeysLog2IndexBytes, int KeysKind, int KeysUsable, int KeysEntries, int KeysIndices, int GeneralEntrySize, int UnicodeEntrySize,
    int ValuesFirst, int InlineValuesPointer, int InlineDictPointer)
{
    /// <summary>To 3.10, dk_size: slots of the table, a power of two. There the table tells neither logarithms nor its kind, and every entry
    /// is a general one. -1 from 3.11 on.</summary>
    public int KeysSlots { get; init; } = -1;

    public AttributeForm Attributes { get; init; } = AttributeForm.Separate;
}

/// <summary>Where instances with a managed dict keep their attributes while they have no dict.</summary>
public enum AttributeForm
{
    /// <summary>3.11: in an array of values, whose address stands at InlineValuesPointer.</summary>
    Separate,

    /// <summary>3.12: in such an array; its address minus one stands where else the dict's does.</summary>
    Tagged,

    /// <summary>3.13: behind the object itself.</summary>
    Embedded,
}

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
    int Constants, int Names, int ExceptionTable, int Flags, int ArgumentCount, int StackSize, int FirstLine, int LocalsPlusCount, int LocalsPlusNames, int LocalsPlusKinds, int FileName, int Name, int QualifiedName, int LineTable, int WeakList, int Instructions)
{
    /// <summary>_co_cached (3.12): a struct of <see cref="CachedCount"/> references, made on demand; -1 where there is none.</summary>
    public int Cached { get; init; } = -1;

    public const int CachedCount = 4;

    /// <summary>To 3.10: the names of variables in three tuples, the instructions in an object of their own. Null from 3.11 on.</summary>
    public SeparateCodeLayout? Separate { get; init; }
}

/// <summary>What PyCodeObject keeps apart to 3.10; LocalsPlusNames, LocalsPlusKinds, ExceptionTable and QualifiedName do not exist there
/// (QualifiedName is then co_name), and Instructions is the size of the object.</summary>
/// <param name="Bytecode">co_code, a bytes object.</param>
/// <param name="LocalNames">co_varnames, parameters first; as many as co_nlocals.</param>
/// <param name="CellNames">co_cellvars, which follow the locals in a frame.</param>
/// <param name="FreeNames">co_freevars, the last.</param>
/// <param name="SpareFrame">co_zombieframe: the frame of the last call that has returned, kept for the next one; null while it is in use.</param>
public sealed record SeparateCodeLayout(int Bytecode, int LocalNames, int CellNames, int FreeNames, int SpareFrame);

/// <summary>PyFunctionObject (Include/cpython/funcobject.h).</summary>
public sealed record FunctionLayout(
    int Globals, int Builtins, int Name, int QualifiedName, int Code, int Defaults, int KeywordDefaults, int Closure, int Documentation, int Dict, int WeakList, int Module, int Annotations);

/// <summary>PyWeakReference.</summary>
public sealed record WeakReferenceLayout(int Referent, int Callback, int Size);

/// <summary>
/// What tracemalloc keeps: its switches, its tables (_Py_hashtable_t, pycore_hashtable.h), what they hold (trace_t, traceback_t and the packed
/// frame_t of Modules/_tracemalloc.c). To 3.11 the switches are exported and the tables are static variables.
/// </summary>
public sealed record TracemallocLayout(
    int ConfigTracing, int ConfigMostFrames, int ConfigSize,
    int TableEntries, int TableBucketCount, int TableBuckets, int TableFind, int TableHash, int TableCompare, int TableKeyDestroy, int TableValueDestroy, int TableSize,
    int EntryNext, int EntryHash, int EntryKey, int EntryValue, int EntrySize,
    int TraceBytes, int TraceTraceback, int TraceSize,
    int TracebackFrameCount, int TracebackAllFrames, int TracebackFrames, int FrameFile, int FrameLine, int FrameSize)
{
    /// <summary>From 3.12 on, where _PyRuntimeState keeps all of it; null before.</summary>
    public TracemallocStateLayout? State { get; init; }

    /// <summary>To 3.8, where a table says how large its keys and values are, which stand in its entries; null where entries point at values.</summary>
    public InlineTableLayout? Inline { get; init; }

    /// <summary>From 3.15 on, the file of a frame is a C string in UTF-8; a str before.</summary>
    public bool FileIsBytes { get; init; }

    /// <summary>Bytes of an entry that are looked at, of a table with keys of that size.</summary>
    public int SizeOfEntry(ulong keySize) => Inline is null ? EntrySize : EntryKey + (int)keySize;
}

/// <summary>struct _tracemalloc_runtime_state (pycore_tracemalloc.h). All offsets are from _PyRuntime.</summary>
public sealed record TracemallocStateLayout(int Config, int Traces, int Domains)
{
    /// <param name="start">_PyRuntimeState.tracemalloc; within it every version keeps the same things in the same places.</param>
    public static TracemallocStateLayout At(int start) => new(start, start + 184, start + 192);
}

/// <summary>_Py_hashtable_t of 3.8 (Modules/hashtable.h there).</summary>
/// <param name="KeySize">key_size: 8, or 16 (the address and its domain) once an extension has a domain of its own.</param>
/// <param name="DataSize">data_size.</param>
public sealed record InlineTableLayout(int KeySize, int DataSize);

/// <summary>ob_refcnt. Immortal objects (3.12) have a count that only looks like one; from 3.14 on it shares its word with flags.</summary>
/// <param name="CountMask">The bits of the count.</param>
/// <param name="FlagMask">Bits that may be set besides.</param>
/// <param name="ImmortalFrom">Counts from here to <paramref name="ImmortalTo"/> are those of immortal objects.</param>
/// <param name="ImmortalTo">Past them, and past all counts. C code that was compiled for older versions still counts, hence the range.</param>
public sealed record ReferenceCountLayout(ulong CountMask, ulong FlagMask, ulong ImmortalFrom, ulong ImmortalTo)
{
    public static readonly ReferenceCountLayout Plain = new(ulong.MaxValue, 0, 0, 0);

    /// <summary>The number of references by an object's first word; 1 for immortal ones, 0 where the word is no count.</summary>
    public ulong Of(ulong word)
    {
        if ((word & ~(CountMask | FlagMask)) != 0)
            return 0;
        var count = word & CountMask;
        return count < ImmortalFrom || ImmortalTo == 0 ? count : count < ImmortalTo ? 1UL : 0;
    }
}

/// <summary>PyInterpreterState.types (pycore_interp.h): an array of structs, one per static type, in each interpreter.</summary>
/// <param name="First">Of the array, from the interpreter.</param>
/// <param name="Count">Its length.</param>
/// <param name="Size">Of an element.</param>
/// <param name="Dict">tp_dict, in an element. The type's address stands at its start.</param>
/// <param name="Subclasses">tp_subclasses, in an element.</param>
public sealed record StaticTypesLayout(int First, int Count, int Size, int Dict, int Subclasses);

/// <summary>_Py_DebugOffsets (pycore_debug_offsets.h), at the start of _PyRuntime: where in it which offset stands. All are 8 bytes.</summary>
public sealed record DebugOffsetsLayout(
    int Version, int FreeThreaded, int InterpretersHead, int Next, int ThreadsHead, int Collector, int Modules, int SysDict, int Builtins,
    int ThreadNext, int ThreadInterpreter, int ThreadFrame, int Size);
