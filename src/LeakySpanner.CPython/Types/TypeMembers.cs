using System.Buffers.Binary;
using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Types;

/// <summary>tp_members (PyMemberDef, Include/structmember.h) and the shared keys of heap types.</summary>
internal sealed class TypeMembers(ITargetMemory memory, PythonLayout layout)
{
    private const int MemberSize = 40;
    private const int MemberTypeOffset = 8;
    private const int MemberOffsetOffset = 16;
    private const int MemberIsObject = 6;
    private const int MemberIsObjectOrUnset = 16;
    private const int MostMembers = 512;
    private const int MostSharedKeys = 64;
    private const int LongestName = 128;

    private readonly Dictionary<PythonType, ImmutableArray<MemberSlot>> _known = [];

    /// <summary>Types have come and gone: what is still asked for is read again.</summary>
    public void Clear() => _known.Clear();

    public ImmutableArray<MemberSlot> Of(PythonType type)
    {
        if (_known.TryGetValue(type, out var known))
            return known;
        var slots = ImmutableArray.CreateBuilder<MemberSlot>();
        if (type.Base is { } parent)
            slots.AddRange(Of(parent));
        AddOwn(type, slots);
        return _known[type] = slots.ToImmutable();
    }

    public ImmutableArray<string> ReadSharedKeys(PythonType type)
    {
        if (!type.IsHeapType || !memory.TryReadAddress(type.Address + layout.Type.HeapCachedKeys, out var keys) || keys.IsNull)
            return [];
        var names = ImmutableArray.CreateBuilder<string>();
        DictKeys.TryVisit(memory, layout.Dict, keys, (key, _) =>
        {
            // An unreadable name keeps its place: the values array is matched by position.
            names.Add(PythonText.TryRead(memory, layout.Text, key, LongestName, out var name) ? name : "");
            return names.Count < MostSharedKeys;
        });
        return names.ToImmutable();
    }

    private void AddOwn(PythonType type, ImmutableArray<MemberSlot>.Builder slots)
    {
        if (!memory.TryReadAddress(type.Address + layout.Type.Members, out var member) || member.IsNull)
            return;
        Span<byte> bytes = stackalloc byte[MemberSize];
        for (var i = 0; i < MostMembers; i++, member += MemberSize)
        {
            if (!memory.TryRead(member, bytes))
                return;
            var name = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if (name == 0)
                return;
            var kind = BinaryPrimitives.ReadInt32LittleEndian(bytes[MemberTypeOffset..]);
            var offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[MemberOffsetOffset..]);
            if (kind is MemberIsObject or MemberIsObjectOrUnset
                && offset >= 16 && offset <= type.BasicSize - sizeof(ulong) && offset % sizeof(ulong) == 0
                && !slots.Any(slot => slot.Offset == offset)
                && PythonText.TryReadC(memory, new Address(name), LongestName, out var text))
                slots.Add(new MemberSlot(text, (int)offset));
        }
    }
}
