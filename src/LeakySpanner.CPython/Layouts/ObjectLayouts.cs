using System.Collections.Immutable;

namespace LeakySpanner.CPython.Layouts;

/// <summary>Layouts of object kinds beyond the core structs; the struct of CPython's sources stands beside each.</summary>
public sealed record ObjectLayouts
{
    /// <summary>Objects that are wholly described by named references at fixed offsets.</summary>
    public required ImmutableArray<FixedObjectLayout> Fixed { get; init; }

    public required DequeLayout Deque { get; init; }

    public required OrderedDictLayout OrderedDict { get; init; }

    public required ByteArrayLayout ByteArray { get; init; }

    public required NumberLayout Number { get; init; }

    public required ArrayLayout Array { get; init; }

    public required NumericArrayLayout NumericArray { get; init; }

    public required LruCacheLayout LruCache { get; init; }

    public required ModuleLayout Module { get; init; }

    /// <summary>Where a variable-size object says how many items it has (ob_size).</summary>
    public required int ItemCount { get; init; }

    /// <summary>References that PyTypeObject and PyHeapTypeObject hold, besides the dict; a static type ends before the latter's.</summary>
    public required ImmutableArray<FieldOffset> TypeFields { get; init; }

    /// <summary>References in PyInterpreterState.</summary>
    public required ImmutableArray<FieldOffset> InterpreterFields { get; init; }

    /// <summary>References in PyThreadState.</summary>
    public required ImmutableArray<FieldOffset> ThreadFields { get; init; }

    public required ThreadStackLayout ThreadStack { get; init; }

    /// <summary>References that PyFrameObject holds besides its back and trace.</summary>
    public ImmutableArray<FieldOffset> FrameObjectFields { get; init; } = [];
}

/// <param name="TypeName">tp_name of the static type, or the dotted name of one made by C code.</param>
/// <param name="Size">tp_basicsize: whatever a subclass adds begins here.</param>
/// <param name="Fields">Names and offsets of all references that keep something alive.</param>
public sealed record FixedObjectLayout(string TypeName, int Size, ImmutableArray<FieldOffset> Fields);

/// <param name="Name">As Python code calls it where it can.</param>
/// <param name="Offset">From the object's start.</param>
public readonly record struct FieldOffset(string Name, int Offset);

/// <summary>dequeobject and its block of 64 items between two links (Modules/_collectionsmodule.c).</summary>
public sealed record DequeLayout(int Length, int LeftBlock, int LeftIndex, int LargestLength, int Size, int BlockLength, int BlockItems, int BlockRight, int BlockSize);

/// <summary>PyODictObject (Objects/odictobject.c): a dict, a table of nodes by position, and one linked node per entry.</summary>
public sealed record OrderedDictLayout(int FastNodes, int FastNodesSize, int Size, int NodeSize);

/// <summary>PyByteArrayObject.</summary>
public sealed record ByteArrayLayout(int Allocated, int Bytes, int Size)
{
    /// <summary>The bytes object that holds the bytes, from 3.15 on; -1 where they are a buffer of the bytearray's own.</summary>
    public int BytesObject { get; init; } = -1;
}

/// <summary>PyLongObject: digits of 30 bits, at least one.</summary>
public sealed record NumberLayout(int Digits, int DigitSize)
{
    /// <summary>From 3.12 on, lv_tag stands where ob_size stood: the number of digits from this bit on, sign and flags below. 0 before.</summary>
    public int TagShift { get; init; }

    /// <summary>The number of digits by the word at <see cref="ObjectLayouts.ItemCount"/>; at least one is stored. -1 where that cannot be.</summary>
    public long DigitCount(long word)
    {
        const long Most = 1L << 40;
        var digits = TagShift == 0 ? (word is > -Most and < Most ? Math.Abs(word) : -1) : (long)((ulong)word >> TagShift);
        return digits is < 0 or > Most ? -1 : Math.Max(digits, 1);
    }
}

/// <summary>arrayobject (Modules/arraymodule.c); the item's size stands in its descriptor.</summary>
public sealed record ArrayLayout(int Items, int Allocated, int Descriptor, int DescriptorItemSize, int Size);

/// <summary>PyArrayObject of NumPy 1 and 2, which agree on these members. An array of objects has type number 17.</summary>
public sealed record NumericArrayLayout(
    int Data, int DimensionCount, int Dimensions, int Strides, int Base, int Descriptor, int Flags, int Size, int DescriptorTypeNumber, int OwnsData, int ObjectTypeNumber, int LargestDimensionCount);

/// <summary>lru_cache_object (Modules/_functoolsmodule.c); the list of its entries is borrowed from the dict.</summary>
public sealed record LruCacheLayout(int LargestSize, int Size);

/// <summary>PyModuleObject and PyModuleDef's m_size.</summary>
public sealed record ModuleLayout(int Dict, int Definition, int State, int Name, int Size, int DefinitionStateSize)
{
    /// <summary>md_state_size, from 3.15 on, where a module need have no definition; -1 before.</summary>
    public int StateSize { get; init; } = -1;
}

/// <summary>What PyThreadState says of a thread's stacks: the number of the thread (1 is the main one), pthread_self(), the
/// chunks of frames (_PyStackChunk) and where the newest ends, the exceptions being handled (_PyErr_StackItem).</summary>
public sealed record ThreadStackLayout(
    int Number, int PosixThread, int Chunk, int ChunkTop, int ChunkPrevious, int ChunkSize, int ChunkUsed, int ChunkData, int ExceptionInfo, int ExceptionPrevious);
