using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Types;

/// <summary>What a verified type object says of its instances. Sizes and offsets in bytes.</summary>
public sealed class PythonType
{
    public required Address Address { get; init; }

    /// <summary>Dense number in the registry that verified it; an index for tallies. Changes in <see cref="TypeRegistry.Revalidate"/> only.</summary>
    public int Index { get; internal set; }

    /// <summary>"dict", "collections.deque", "app.models.User".</summary>
    public required string Name { get; init; }

    public required int BasicSize { get; init; }

    /// <summary>0 for types of fixed size (and for str, whose size its state tells).</summary>
    public required int ItemSize { get; init; }

    public required ulong Flags { get; init; }

    /// <summary>Bytes before the object in its block: 0, 16 with the collector's header, 32 with a managed dict or weak list as well.</summary>
    public required int PreHeaderSize { get; init; }

    /// <summary>Of the __dict__ pointer; 0 for none, negative from the end of a variable-sized object, -1 with a managed dict.</summary>
    public required int DictOffset { get; init; }

    /// <summary>Of the list of weak references; 0 for none.</summary>
    public required int WeakListOffset { get; init; }

    /// <summary>Null only for object.</summary>
    public required PythonType? Base { get; init; }

    /// <summary>Classes from <see cref="Base"/> to object; bounded.</summary>
    public required int BaseCount { get; init; }

    public required Address Metatype { get; init; }

    /// <summary>Made at run time (a class statement, PyType_FromSpec): its instances hold a reference to it.</summary>
    public required bool IsHeapType { get; init; }

    public required bool HasCollectorHeader { get; init; }

    public required bool HasManagedDict { get; init; }

    public required ObjectKind Kind { get; init; }

    /// <summary>Bytes of the smallest instance, without what stands before it: less than <see cref="BasicSize"/> for str,
    /// whose compact forms leave fields out.</summary>
    public required int SmallestSize { get; init; }

    /// <summary>True where instances are as large as <see cref="BasicSize"/> says, so that a block's size class can be checked.</summary>
    public required bool HasFixedSize { get; init; }

    /// <summary>tp_dict, where class attributes are.</summary>
    public required Address Dict { get; init; }

    public bool HasFlag(ulong flag) => (Flags & flag) != 0;

    /// <summary>Whether this or a base has the name.</summary>
    public bool Derives(string name)
    {
        for (var type = this; type is not null; type = type.Base)
        {
            if (type.Name == name)
                return true;
        }
        return false;
    }

    public override string ToString() => Name;
}

/// <param name="Name">As the class declares it ("_Parent__field" where mangled).</param>
/// <param name="Offset">Of the reference, from the object.</param>
public readonly record struct MemberSlot(string Name, int Offset);
