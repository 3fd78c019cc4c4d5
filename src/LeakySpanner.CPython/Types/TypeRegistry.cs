using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Types;

/// <summary>
/// The types of one process, by address. An address is a type if the chain of its types ends at PyType_Type, its bases end
/// at object, and its sizes, flags and name make sense; answers, negative ones too, are remembered. Not thread-safe.
/// </summary>
public sealed class TypeRegistry
{
    /// <summary>Of ob_type in every object.</summary>
    public const int TypeOffset = 8;

    /// <summary>More types than this are refused: a program that makes them without end leaks types, and is told so by their count.</summary>
    private const int MostTypes = 1 << 18;

    /// <summary>Bases and metatypes followed in one verification; the deepest hierarchies known have some thirty.</summary>
    private const int DeepestChain = 64;

    /// <summary>Classes between a class and object, however they were found: who follows them may recurse.</summary>
    private const int MostBases = 256;

    private const int LargestBasicSize = 1 << 24;

    private const int RefusedSlots = 1 << 14;

    private readonly ITargetMemory _memory;
    private readonly PythonLayout _layout;
    private readonly TypeNames _names;
    private readonly TypeMembers _members;
    private readonly List<PythonType> _all = [];
    private readonly HashSet<ulong> _inProgress = [];

    /// <summary>Direct-mapped: an address that was refused is not read again while its slot is not taken by another.</summary>
    private readonly ulong[] _refused = new ulong[RefusedSlots];

    private ulong[] _keys = new ulong[1 << 12];
    private PythonType?[] _values = new PythonType?[1 << 12];
    private int _used;

    private TypeRegistry(ITargetMemory memory, PythonLayout layout, Address typeOfTypes)
    {
        _memory = memory;
        _layout = layout;
        _names = new TypeNames(memory, layout);
        _members = new TypeMembers(memory, layout);
        TypeOfTypes = typeOfTypes;
    }

    /// <summary>How objects of this version say how often they are referred to.</summary>
    internal ReferenceCountLayout ReferenceCount => _layout.ReferenceCount;

    /// <summary>PyType_Type, the type of most types and of itself.</summary>
    public Address TypeOfTypes { get; }

    /// <summary>Every type that is known, by <see cref="PythonType.Index"/>.</summary>
    public IReadOnlyList<PythonType> All => _all;

    /// <summary>Null where there is no type object that is its own type at the address.</summary>
    public static TypeRegistry? TryCreate(ITargetMemory memory, PythonLayout layout, Address typeOfTypes)
    {
        var registry = new TypeRegistry(memory, layout, typeOfTypes);
        return memory.TryReadAddress(typeOfTypes + TypeOffset, out var itself) && itself == typeOfTypes && registry.Find(typeOfTypes) is not null
            ? registry
            : null;
    }

    /// <summary>The type at an address, or null where there is none. Costs one probe when known, else a few reads.</summary>
    public PythonType? Find(Address address) => FindKnown(address) ?? (MayHoldObject(address) ? Verify(address.Value, 0) : null);

    /// <summary>The type at an address if it was verified before. Never reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PythonType? FindKnown(Address address)
    {
        var keys = _keys;
        var slot = SlotOf(address.Value, keys.Length);
        while (keys[slot] != 0)
        {
            if (keys[slot] == address.Value)
                return _values[slot];
            slot = (slot + 1) & (keys.Length - 1);
        }
        return null;
    }

    /// <summary>The type of an object.</summary>
    public PythonType? TypeOf(Address instance) => _memory.TryReadAddress(instance + TypeOffset, out var type) ? Find(type) : null;

    /// <summary>References in fixed places, declared by __slots__ or by the extension, those of bases first.</summary>
    public ImmutableArray<MemberSlot> MembersOf(PythonType type) => _members.Of(type);

    /// <summary>Names of attributes in the order of the values array that instances with a managed dict share; they may
    /// grow while the target runs, so they are read anew.</summary>
    public ImmutableArray<string> ReadSharedKeys(PythonType type) => _members.ReadSharedKeys(type);

    /// <summary>
    /// Forgets heap types that are no longer what they were (freed, or another in their place) and every refusal; the others move up, so
    /// that a program that makes and drops classes for days costs what it has, not what it had. Call before each reading of the heap; one
    /// read per heap type.
    /// </summary>
    public void Revalidate()
    {
        Array.Clear(_refused);
        var kept = new List<PythonType>(_used);
        foreach (var type in _values)
        {
            if (type is not null && (!type.IsHeapType || IsUnchanged(type)))
                kept.Add(type);
        }
        if (kept.Count == _used)
            return;
        Array.Clear(_keys);
        Array.Clear(_values);
        _used = 0;
        _all.Clear();
        _members.Clear();
        foreach (var type in kept)
        {
            type.Index = _all.Count;
            _all.Add(type);
            Insert(type);
        }
    }

    private bool IsUnchanged(PythonType type)
    {
        Span<byte> bytes = stackalloc byte[512];
        bytes = bytes[..Math.Min(_layout.Type.Size, bytes.Length)];
        return _memory.TryRead(type.Address, bytes)
            && Word(bytes, TypeOffset) == type.Metatype.Value
            && Word(bytes, _layout.Type.BasicSize) == (ulong)type.BasicSize
            && Word(bytes, _layout.Type.Dict) == type.Dict.Value
            && Word(bytes, _layout.Type.Base) == (type.Base?.Address.Value ?? 0);
    }

    private static int SlotOf(ulong address, int slots) => (int)((address * 0x9E3779B97F4A7C15UL) >> 40) & (slots - 1);

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PythonType? Verify(ulong address, int depth)
    {
        ref var refused = ref _refused[SlotOf(address, RefusedSlots)];
        if (refused == address || _all.Count >= MostTypes || depth > DeepestChain || !_inProgress.Add(address))
            return null;
        try
        {
            var type = ReadType(new Address(address), depth);
            if (type is null)
                refused = address;
            return type;
        }
        finally
        {
            _inProgress.Remove(address);
        }
    }

    private PythonType? FindWithin(Address address, int depth) =>
        FindKnown(address) ?? (MayHoldObject(address) ? Verify(address.Value, depth) : null);

    /// <summary>Aligned like an object, in the user's half of the address space, not in its first page.</summary>
    private static bool MayHoldObject(Address address) => address.Value - 4096 < 1UL << 47 && (address.Value & 7) == 0;

    private PythonType? ReadType(Address address, int depth)
    {
        var layout = _layout.Type;
        // The metatype first: most addresses that are asked about are no types, and this reads 16 bytes of them.
        Span<byte> head = stackalloc byte[16];
        if (!_memory.TryRead(address, head))
            return null;
        var metatype = new Address(Word(head, TypeOffset));
        if (_layout.ReferenceCount.Of(Word(head, 0)) - 1 >= 1UL << 40)
            return null;
        if (metatype != TypeOfTypes && FindWithin(metatype, depth + 1) is not { Kind: Model.Heap.ObjectKind.Type })
            return null;

        Span<byte> bytes = stackalloc byte[512];
        bytes = bytes[..Math.Min(layout.Size, bytes.Length)];
        if (!_memory.TryRead(address, bytes))
            return null;
        var basicSize = Word(bytes, layout.BasicSize);
        var itemSize = (long)Word(bytes, layout.ItemSize);
        var flags = Word(bytes, layout.Flags);
        var dictOffset = (long)Word(bytes, layout.DictOffset);
        var weakListOffset = (long)Word(bytes, layout.WeakListOffset);
        if (basicSize is < 16 or > LargestBasicSize || itemSize is < 0 or > ushort.MaxValue
            || dictOffset is < -LargestBasicSize or > LargestBasicSize || weakListOffset is < -LargestBasicSize or > LargestBasicSize)
            return null;

        var parentAddress = new Address(Word(bytes, layout.Base));
        var parent = parentAddress.IsNull ? null : FindWithin(parentAddress, depth + 1);
        var dict = new Address(Word(bytes, layout.Dict));
        var isHeapType = (flags & layout.HeapTypeFlag) != 0;
        if ((parent is null && (isHeapType || !parentAddress.IsNull)) || parent is { BaseCount: >= MostBases }
            || !_names.TryRead(address, new Address(Word(bytes, layout.Name)), dict, isHeapType, out var name))
            return null;
        if ((flags & TypeFlags.Ready) == 0 && (name != layout.UnreadyType || isHeapType || parent is not null || !dict.IsNull))
            return null;

        var hasCollectorHeader = (flags & layout.HasCollectorFlag) != 0;
        var hasManagedDict = (flags & layout.ManagedDictFlag) != 0;
        var kind = KindRules.Of(name, flags, isHeapType, parent);
        var type = new PythonType
        {
            Address = address,
            Index = _all.Count,
            Name = name,
            BasicSize = (int)basicSize,
            ItemSize = (int)itemSize,
            Flags = flags,
            PreHeaderSize = (hasCollectorHeader ? _layout.Collector.HeaderSize : 0) + ((flags & (layout.ManagedDictFlag | layout.ManagedWeakReferencesFlag)) != 0 ? 2 * sizeof(ulong) : 0),
            DictOffset = (int)dictOffset,
            WeakListOffset = (int)weakListOffset,
            Base = parent,
            BaseCount = parent is null ? 0 : parent.BaseCount + 1,
            Metatype = metatype,
            IsHeapType = isHeapType,
            HasCollectorHeader = hasCollectorHeader,
            HasManagedDict = hasManagedDict,
            Kind = kind,
            SmallestSize = kind == Model.Heap.ObjectKind.Text ? Math.Min((int)basicSize, _layout.Text.AsciiSize) : (int)basicSize,
            HasFixedSize = itemSize == 0 && kind != Model.Heap.ObjectKind.Text,
            Dict = dict,
        };
        _all.Add(type);
        Insert(type);
        return type;
    }

    private void Insert(PythonType type)
    {
        if (_used * 2 >= _keys.Length)
            Grow();
        var slot = SlotOf(type.Address.Value, _keys.Length);
        while (_keys[slot] != 0)
            slot = (slot + 1) & (_keys.Length - 1);
        _keys[slot] = type.Address.Value;
        _values[slot] = type;
        _used++;
    }

    private void Grow()
    {
        var values = _values;
        _keys = new ulong[_keys.Length * 2];
        _values = new PythonType?[_keys.Length];
        _used = 0;
        foreach (var type in values)
        {
            if (type is not null)
                Insert(type);
        }
    }
}
