using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>
/// Makes <see cref="CodeInfo"/> of code objects in the target. One reader serves a whole walk: it shares names and paths.
/// Nothing it reads is believed: every length is bounded, and what does not fit gives false.
/// </summary>
/// <param name="memory">The target's bytes.</param>
/// <param name="layout">Where a code object keeps what.</param>
/// <param name="opcodes">The version's instructions.</param>
/// <param name="text">The str at an address, or null. Called once per address for names.</param>
public sealed class CodeReader(ITargetMemory memory, PythonLayout layout, OpcodeTable opcodes, Func<Address, string?> text)
{
    /// <summary>Beyond these, generated code or corrupt memory: not read. The largest function of the standard library
    /// has about 9,000 code units.</summary>
    private const int MostUnits = 1 << 17;
    private const int MostNames = 1 << 13;
    private const int MostLineBytes = 1 << 19;

    /// <summary>PyVarObject.ob_size and PyBytesObject.ob_sval (Include/object.h, Include/cpython/bytesobject.h).</summary>
    private const int VariableSize = 16;
    private const int BytesData = 32;

    private readonly UseFinder _finder = new(opcodes, new PathTable());
    private readonly Dictionary<Address, string?> _texts = [];
    private readonly Dictionary<Address, string?[]?> _nameTuples = [];
    private readonly IntegerConstants _integers = new(memory, layout);
    private readonly byte[] _header = new byte[layout.Code.Instructions];
    private byte[] _instructions = new byte[1024];
    private byte[] _lineTable = new byte[1024];
    private byte[] _kinds = new byte[256];
    private byte[] _pointers = new byte[1024];

    /// <summary>Code objects whose bytes were not instructions of this version.</summary>
    public int CorruptCount { get; private set; }

    public CodeInfo? Read(Address code, NodeId node)
    {
        var fields = layout.Code;
        if (!memory.TryRead(code, _header))
            return null;
        var units = ReadInt64(VariableSize);
        var localCount = ReadInt32(fields.LocalsPlusCount);
        if (units is < 1 or > MostUnits || localCount is < 0 or > MostNames)
            return null;

        var length = (int)units * 2;
        Grow(ref _instructions, length);
        if (!memory.TryRead(code + fields.Instructions, _instructions.AsSpan(0, length)))
            return null;
        var names = ReadNames(ReadPointer(fields.Names));
        var locals = ReadNames(ReadPointer(fields.LocalsPlusNames));
        if (names is null || locals is null || locals.Length != localCount)
            return null;

        var kinds = ReadBytes(ReadPointer(fields.LocalsPlusKinds), MostNames, ref _kinds);
        var lines = ReadBytes(ReadPointer(fields.LineTable), MostLineBytes, ref _lineTable);
        var constants = ReadPointer(fields.Constants);
        var firstLine = ReadInt32(fields.FirstLine);
        var body = new CodeBody(
            _instructions.AsMemory(0, length), names, locals, kinds, lines, firstLine, index => _integers.Read(constants, index));
        var file = TextAt(ReadPointer(fields.FileName)) ?? "";
        var name = TextAt(ReadPointer(fields.QualifiedName)) ?? TextAt(ReadPointer(fields.Name)) ?? "";
        var uses = _finder.Find(body);
        if (_finder.WasCorrupt)
            CorruptCount++;
        var parameters = locals.Take(Math.Clamp(ReadInt32(fields.ArgumentCount), 0, locals.Length)).Select(local => local ?? "");
        return new CodeInfo(node, name, file, firstLine, uses) { Parameters = [.. parameters] };
    }

    /// <summary>Functions of one class often share a tuple of names: read it once.</summary>
    private string?[]? ReadNames(Address tuple)
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
    private ReadOnlyMemory<byte> ReadBytes(Address bytes, int most, ref byte[] buffer)
    {
        if (!memory.TryReadInt64(bytes + VariableSize, out var count) || count < 0 || count > most)
            return default;
        Grow(ref buffer, (int)count);
        return memory.TryRead(bytes + BytesData, buffer.AsSpan(0, (int)count)) ? buffer.AsMemory(0, (int)count) : default;
    }

    private string? TextAt(Address address)
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

    private Address ReadPointer(int offset) => new(BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(offset)));

    private int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(offset));

    private long ReadInt64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(offset));
}
