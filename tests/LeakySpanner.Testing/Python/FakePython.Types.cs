using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

public sealed partial class FakePython
{
    /// <summary>Py_TPFLAGS_READY and BASETYPE, which every type here has.</summary>
    private const ulong ReadyFlags = (1UL << 12) | (1UL << 10);

    private readonly Dictionary<Address, int> _preHeaders = [];
    private readonly Dictionary<string, Address> _interned = new(StringComparer.Ordinal);

    public Address TypeType { get; private set; }

    public Address ObjectType { get; private set; }

    public Address TextType { get; private set; }

    public Address IntegerType { get; private set; }

    public Address FloatType { get; private set; }

    public Address TupleType { get; private set; }

    public Address ListType { get; private set; }

    public Address DictType { get; private set; }

    public Address SetType { get; private set; }

    public Address DequeType { get; private set; }

    /// <summary>A type that lives in the executable.</summary>
    public Address StaticType(string name, int basicSize, int itemSize = 0, bool collected = false, ulong flags = 0, Address parent = default)
    {
        var type = InImage(Layout.Type.Size);
        WriteType(type, name, basicSize, itemSize, ReadyFlags | flags | (collected ? Layout.Type.HasCollectorFlag : 0), parent.IsNull ? ObjectType : parent);
        return type;
    }

    /// <summary>A class as a class statement makes it: collected, with a managed dict unless told otherwise.</summary>
    public Address Class(string module, string name, bool managedDict = true, int basicSize = 16, Address parent = default, ulong flags = 0, params string[] sharedKeys)
    {
        var type = InNative(Layout.Collector.HeaderSize + Layout.Type.HeapSize + 40) + Layout.Collector.HeaderSize;
        Track(type);
        WriteType(
            type, name, basicSize, 0,
            ReadyFlags | flags | Layout.Type.HeapTypeFlag | Layout.Type.HasCollectorFlag | (managedDict ? Layout.Type.ManagedDictFlag : 0),
            parent.IsNull ? ObjectType : parent);
        var text = Text(name);
        Memory.Write(type + Layout.Type.HeapName, text);
        Memory.Write(type + Layout.Type.HeapQualifiedName, text);
        Memory.Write(type + Layout.Type.Dict, Dict((Interned("__module__"), Text(module))));
        if (managedDict)
            Memory.Write(type + Layout.Type.DictOffset, unchecked((ulong)-1L));
        if (sharedKeys.Length > 0)
            Memory.Write(type + Layout.Type.HeapCachedKeys, Keys(2, [.. sharedKeys.Select(key => (Interned(key), Address.Null))]));
        return type;
    }

    /// <summary>Declares references in fixed places, as __slots__ do.</summary>
    public void SetMembers(Address type, params (string Name, int Offset)[] members)
    {
        var table = InNative((members.Length + 1) * 40);
        Memory.Write(type + Layout.Type.Members, table);
        foreach (var (name, offset) in members)
        {
            var text = InNative(name.Length + 1);
            Memory.WriteC(text, name);
            Memory.Write(table, text);
            Memory.WriteUInt32(table + 8, 16);
            Memory.Write(table + 16, (ulong)offset);
            table += 40;
        }
    }

    private void CreateBasicTypes()
    {
        TypeType = InImage(Layout.Type.Size);
        ObjectType = InImage(Layout.Type.Size);
        WriteType(ObjectType, "object", 16, 0, ReadyFlags, Address.Null);
        WriteType(TypeType, "type", Layout.Type.HeapSize, 40, ReadyFlags | (1UL << 31) | Layout.Type.HasCollectorFlag, ObjectType);
        TextType = StaticType("str", 80, flags: 1UL << 28);
        IntegerType = StaticType("int", 24, 4, flags: 1UL << 24);
        FloatType = StaticType("float", 24);
        TupleType = StaticType("tuple", Layout.List.TupleItems, 8, collected: true, flags: 1UL << 26);
        ListType = StaticType("list", 40, collected: true, flags: 1UL << 25);
        DictType = StaticType("dict", Layout.Dict.Size, collected: true, flags: 1UL << 29);
        SetType = StaticType("set", 200, collected: true);
        DequeType = StaticType("collections.deque", 96, collected: true);
    }

    private void WriteType(Address type, string name, int basicSize, int itemSize, ulong flags, Address parent)
    {
        var text = InImage(name.Length + 1);
        Memory.WriteC(text, name);
        Memory.Write(type, 1UL);
        Memory.Write(type + 8, TypeType);
        Memory.Write(type + Layout.Type.Name, text);
        Memory.Write(type + Layout.Type.BasicSize, (ulong)basicSize);
        Memory.Write(type + Layout.Type.ItemSize, (ulong)itemSize);
        Memory.Write(type + Layout.Type.Flags, flags);
        Memory.Write(type + Layout.Type.Base, parent);
        _preHeaders[type] = ((flags & Layout.Type.HasCollectorFlag) != 0 ? Layout.Collector.HeaderSize : 0)
            + ((flags & Layout.Type.ManagedDictFlag) != 0 ? 16 : 0);
    }
}
