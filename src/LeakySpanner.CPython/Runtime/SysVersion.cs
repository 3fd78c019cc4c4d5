using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Runtime;

/// <summary>sys.hexversion. To 3.10 no symbol tells the patch release; image names tell only the feature version.</summary>
internal static class SysVersion
{
    private const string Name = "hexversion";

    /// <summary>A digit of an int has 30 bits; a version needs two at most.</summary>
    private const int BitsPerDigit = 30;

    /// <summary>Null where it cannot be read, or tells of another feature version than the image's name.</summary>
    public static PythonVersion? TryRead(ITargetMemory memory, PythonLayout layout, Address interpreter, PythonVersion known)
    {
        if (known.IsExact || !memory.TryReadAddress(interpreter + layout.Interpreter.SysDict, out var dict) || !memory.TryReadAddress(dict + layout.Dict.Keys, out var keys))
            return null;
        var number = Address.Null;
        DictKeys.TryVisit(memory, layout.Dict, keys, (key, value) =>
        {
            if (PythonText.TryRead(memory, layout.Text, key, Name.Length, out var text) && text == Name)
                number = value;
            return number.IsNull;
        });
        var digits = number + layout.Objects.Number.Digits;
        if (number.IsNull || !memory.TryReadInt64(number + layout.Objects.ItemCount, out var count) || count is not (1 or 2) || !memory.TryReadUInt64(digits, out var both))
            return null;
        var hex = count == 1 ? both & uint.MaxValue : (both & uint.MaxValue) | (both >> 32 << BitsPerDigit);
        return PythonVersion.FromHex(hex) is { } exact && exact.Feature == known.Feature ? exact : null;
    }
}
