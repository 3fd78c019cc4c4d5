using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Objects;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// How to read the objects of one type, worked out once: which named references stand where, and which reader knows the
/// rest. One row of the graph's type table.
/// </summary>
internal sealed class TypePlan
{
    /// <summary>Nothing is mapped below (vm.mmap_min_addr is a page at least wherever Linux runs services).</summary>
    private const ulong SmallestAddress = 4096;

    public required int Row { get; init; }

    public required string Name { get; init; }

    public required ObjectKind Kind { get; init; }

    /// <summary>What ob_type of such an object says; 0 for frames, which are no objects.</summary>
    public required ulong TypeAddress { get; init; }

    public required ObjectReader Reader { get; init; }

    /// <summary>Bytes of the block before the object.</summary>
    public required int PreHeaderSize { get; init; }

    public required int BasicSize { get; init; }

    public required int ItemSize { get; init; }

    public required int ItemCountOffset { get; init; }

    public bool HasCollectorHeader { get; init; }

    /// <summary>References at fixed offsets, in the order of the edges.</summary>
    public ImmutableArray<FieldOffset> Fields { get; init; } = [];

    /// <summary>The dict of a variable-size object stands after its items; its field comes after the others.</summary>
    public bool HasTrailingDict { get; init; }

    /// <summary>Names of the attributes kept beside the object (a managed dict's values), after all fields.</summary>
    public ImmutableArray<string> InlineNames { get; init; } = [];

    /// <summary>How those are found and read.</summary>
    public InlineValues? Values { get; init; }

    /// <summary>They stand behind the object, in its own block.</summary>
    public bool HasEmbeddedValues { get; init; }

    public FieldForm FieldForm { get; init; }

    /// <summary>Values for which an object made now has room.</summary>
    public long InlineCapacity { get; init; }

    /// <summary>Words that may or may not be references: parts of extension types that nothing describes.</summary>
    public ImmutableArray<int> ScannedOffsets { get; init; } = [];

    /// <summary>True where the scanned words are fields of their own, because the tail belongs to a known base.</summary>
    public bool ScansAsFields { get; init; }

    /// <summary>Of one code object's frames or coroutines: the plan is no longer to be refined.</summary>
    public bool IsOfCode { get; init; }

    /// <summary>Locals, cells and value stack of the frame in the object; 0 where it has none.</summary>
    public int FrameSlots { get; init; }

    /// <summary>Of those, the ones that have names.</summary>
    public int LocalCount { get; init; }

    /// <summary>From the object to the end of its frame.</summary>
    public int FrameEnd { get; init; }

    /// <summary>For type objects: the plan of static ones.</summary>
    public TypePlan? StaticForm { get; init; }

    /// <summary>What the word of a field refers to.</summary>
    public ulong TargetOf(ulong word) => FieldForm switch
    {
        FieldForm.Plain => word,
        FieldForm.StackReference => StackReference.Target(word),
        FieldForm.OddIsNone => (word & 1) == 0 ? word : 0,
        _ => word < SmallestAddress ? 0 : word,
    };

    public TypeInfo ToInfo()
    {
        var fields = ImmutableArray.CreateBuilder<string>();
        fields.AddRange(Fields.Select(field => field.Name));
        if (HasTrailingDict)
            fields.Add("__dict__");
        fields.AddRange(InlineNames);
        if (ScansAsFields)
            fields.AddRange(ScannedOffsets.Select(offset => $"+{offset}"));
        var conservative = !ScannedOffsets.IsEmpty || Reader is ScanReader;
        return new TypeInfo(Name, Kind, fields.ToImmutable(), Reader.Tail, conservative, new Address(TypeAddress));
    }
}

/// <summary>How the words of an object's fields say what they refer to.</summary>
internal enum FieldForm : byte
{
    Plain,

    /// <summary>Frames from 3.14 on; addresses of untagged fields read the same.</summary>
    StackReference,

    /// <summary>Instances of 3.12, whose dict's word leads to their values where it is odd.</summary>
    OddIsNone,

    /// <summary>Static types from 3.12 on, whose tp_subclasses is an index.</summary>
    SmallIsNone,
}
