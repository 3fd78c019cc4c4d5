namespace LeakySpanner.CPython.Walk;

/// <summary>
/// Every bound that a walk puts on what the target's bytes say. None is reached by a sound process; a hostile one can
/// make a walk incomplete and its coverage long, never endless.
/// </summary>
public sealed record WalkLimits
{
    public static readonly WalkLimits Default = new();

    /// <summary>Bytes of one object's fixed part. The largest known extension types stay below 16 KB.</summary>
    public int FixedPartBytes { get; init; } = 64 * 1024;

    /// <summary>Objects found outside arenas: each costs some 60 bytes while it is walked.</summary>
    public int ObjectsOutsideArenas { get; init; } = 64 << 20;

    /// <summary>Rows of the type table, one per class and one per code object that has a frame or coroutine.</summary>
    public int Types { get; init; } = 1 << 20;

    /// <summary>
    /// Buffers cannot overlap, so that together they fit into the writable memory of the process; a walk stops to read them
    /// when they exceed that by this factor (memory moves while it is read, and shared key tables are read often).
    /// </summary>
    public int BufferBytesPerMappedByte { get; init; } = 4;

    /// <summary>References to no object for which one worker reads memory again, each costing a page.</summary>
    public int SecondLooks { get; init; } = 2048;

    /// <summary>Edges of the whole graph, an array's index being an int.</summary>
    public long Edges { get; init; } = 1_500_000_000;

    /// <summary>2 to the power of this is the largest hash table of a dict.</summary>
    public int DictLog2Size { get; init; } = 36;

    /// <summary>Attributes in a shared key table: SHARED_KEYS_MAX_SIZE of dictobject.c.</summary>
    public int SharedKeys { get; init; } = 30;

    /// <summary>The same to 3.10, where dictobject.c has no such limit.</summary>
    public int ClassicSharedKeys { get; init; } = 1 << 16;

    /// <summary>Slots of a frame: locals, cells and the value stack of one function.</summary>
    public int FrameSlots { get; init; } = 16 * 1024;

    /// <summary>Frames of one thread's stack.</summary>
    public int FramesPerThread { get; init; } = 100_000;

    public int Threads { get; init; } = 100_000;

    public int Modules { get; init; } = 100_000;

    /// <summary>Members in a type's PyMemberDef table.</summary>
    public int MembersPerType { get; init; } = 512;

    /// <summary>Classes between a class and object.</summary>
    public int BaseChain { get; init; } = 256;

    /// <summary>Characters of a name that is kept as text.</summary>
    public int NameLength { get; init; } = 128;

    /// <summary>Names kept as text.</summary>
    public int Names { get; init; } = 1 << 20;

    /// <summary>Bytes of a module's C state that are looked through for references.</summary>
    public int ModuleStateBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of mapped images' data, of stacks, and of native heap that are looked through for references.</summary>
    public long NativeBytes { get; init; } = 2L << 30;
}
