using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>What code objects refer to, read within bounds: tuples of names, which functions of one class often share, and bytes.</summary>
/// <param name="memory">The target's bytes.</param>
/// <param name="layout">Where a tuple keeps what.</param>
/// <param name="text">The str at an address, or null. Called once per address.</param>
internal sealed class CodeBytes(ITargetMemory memory, PythonLayout layout, Func<Address, string?> text)
{
    public const int MostNames = 1 << 13;

    /// <summary>PyVarObject.ob_size and PyBytesObject.ob_sval (Include/object.h, Include/cpython/bytesobject.h).</summary>
    public const int VariableSize = 16;
    private const int BytesData = 32;

    private readonly Dictionary<Address, string?> _texts = [];
    private readonly Dictionary<Address, string?[]?> _nameTuples = [];
    private byte[] _pointers = new byte[1024];

    /// <summary>Null where it is no tuple, or longer than any.</summary>
    public string?[]? Names(Address tuple)
    {
        if (_nameTuples.TryGetValue(tuple, out var known))
            return known;
        string?[]? names = null;
        if (memory.TryReadInt64(tuple + VariableSize, out var count) && count is >= 0 and <= MostNames)
        {
            var length = (int)count * sizeof(ulong);
            Grow(ref _pointers, length);
            if (memory.TryRead(tuple + layout.List.TupleItems, _pointers.AsSpan(0, length)))
            {
                names = new string?[count];
                for (var i = 0; i < names.Length; i++)
                    names[i] = TextAt(new Address(BinaryPrimitives.ReadUInt64LittleEndian(_pointers.AsSpan(i * sizeof(ulong)))));
            }
        }

        _nameTuples.Add(tuple, names);
        return names;
    }

    /// <summary>Empty where it cannot be read: then lines or kinds are unknown, and the rest still counts.</summary>
    public ReadOnlyMemory<byte> Bytes(Address bytes, int most, ref byte[] buffer)
    {
        if (!memory.TryReadInt64(bytes + VariableSize, out var count) || count < 0 || count > most)
            return default;
        return Plain(bytes + BytesData, (int)count, ref buffer);
    }

    /// <summary>Bytes that no object contains.</summary>
    public ReadOnlyMemory<byte> Plain(Address start, int length, ref byte[] buffer)
    {
        Grow(ref buffer, length);
        return memory.TryRead(start, buffer.AsSpan(0, length)) ? buffer.AsMemory(0, length) : default;
    }

    public string? TextAt(Address address)
    {
        if (address.IsNull)
            return null;
        if (!_texts.TryGetValue(address, out var known))
            _texts.Add(address, known = text(address));
        return known;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new byte[Math.Max(length, buffer.Length * 2)];
    }
}
