using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>Whole numbers of one digit among a code object's constants; all other constants are left unread.</summary>
internal sealed class IntegerConstants(ITargetMemory memory, PythonLayout layout)
{
    /// <summary>Py_TPFLAGS_LONG_SUBCLASS (Include/object.h).</summary>
    private const ulong IntegerFlag = 1UL << 24;

    /// <summary>PyObject.ob_type, PyLongObject.ob_size (negative for negative numbers) and ob_digit.</summary>
    private const int Type = 8;
    private const int Size = 16;
    private const int Digit = 24;

    public int? Read(Address constants, int index)
    {
        if (!memory.TryReadInt64(constants + Size, out var count) || index < 0 || index >= count)
            return null;
        if (!memory.TryReadAddress(constants + layout.List.TupleItems + (8L * index), out var constant)
            || !memory.TryReadAddress(constant + Type, out var type)
            || !memory.TryReadUInt64(type + layout.Type.Flags, out var flags)
            || (flags & IntegerFlag) == 0
            || !memory.TryReadInt64(constant + Size, out var digits)
            || digits is < -1 or > 1)
        {
            return null;
        }

        if (digits == 0)
            return 0;
        return memory.TryReadUInt32(constant + Digit, out var digit) ? (int)(digits * digit) : null;
    }
}
