using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>Whole numbers of one digit, and slices, among a code object's constants; all other constants are left unread.</summary>
internal sealed class CodeConstants(ITargetMemory memory, PythonLayout layout)
{
    /// <summary>Py_TPFLAGS_LONG_SUBCLASS (Include/object.h).</summary>
    private const ulong IntegerFlag = 1UL << 24;

    /// <summary>PyObject.ob_type; what an int begins with after its header.</summary>
    private const int Type = 8;
    private const int Size = 16;

    private const string SliceName = "slice";
    private Address _sliceType;

    public int? Integer(Address constants, int index)
    {
        if (!TryFind(constants, index, out var constant, out var type)
            || !memory.TryReadUInt64(type + layout.Type.Flags, out var flags)
            || (flags & IntegerFlag) == 0
            || !memory.TryReadInt64(constant + Size, out var size))
            return null;
        var (digits, sign) = Split(size);
        if (digits > 1)
            return null;
        if (digits == 0 || sign == 0)
            return 0;
        return memory.TryReadUInt32(constant + layout.Objects.Number.Digits, out var digit) && digit <= int.MaxValue ? Math.Sign(sign) * (int)digit : null;
    }

    /// <summary>By its type's name, once.</summary>
    public bool IsSlice(Address constants, int index)
    {
        if (!TryFind(constants, index, out _, out var type))
            return false;
        if (_sliceType.IsNull
            && memory.TryReadAddress(type + layout.Type.Name, out var name)
            && PythonText.TryReadC(memory, name, SliceName.Length + 1, out var text) && text == SliceName)
            _sliceType = type;
        return type == _sliceType;
    }

    /// <summary>To 3.11 ob_size, negative for negative numbers; then lv_tag, whose lowest two bits are one minus the sign.</summary>
    private (ulong Digits, int Sign) Split(long size) =>
        layout.Objects.Number.TagShift == 0
            ? ((ulong)Math.Abs(Math.Max(size, -long.MaxValue)), Math.Sign(size))
            : ((ulong)size >> layout.Objects.Number.TagShift, 1 - (int)(size & 3));

    private bool TryFind(Address constants, int index, out Address constant, out Address type)
    {
        (constant, type) = (default, default);
        return memory.TryReadInt64(constants + Size, out var count) && index >= 0 && index < count
            && memory.TryReadAddress(constants + layout.List.TupleItems + (8L * index), out constant)
            && memory.TryReadAddress(constant + Type, out type) && !type.IsNull;
    }
}
