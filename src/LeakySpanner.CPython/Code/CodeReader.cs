using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>
/// Makes <see cref="CodeInfo"/> of code objects in the target. One reader serves a whole walk: it shares names and paths.
/// Nothing it reads is believed: every length is bounded, and what does not fit gives null.
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
    private const int MostLineBytes = 1 << 19;

    private readonly UseFinder _finder = new(opcodes, new PathTable());
    private readonly CodeBytes _bytes = new(memory, layout, text);
    private readonly CodeConstants _constants = new(memory, layout);
    private readonly byte[] _header = new byte[layout.Code.Instructions];
    private byte[] _instructions = new byte[1024];
    private byte[] _lineTable = new byte[1024];
    private byte[] _kinds = new byte[256];

    /// <summary>Code objects whose bytes were not instructions of this version.</summary>
    public int CorruptCount { get; private set; }

    public CodeInfo? Read(Address code, NodeId node)
    {
        var fields = layout.Code;
        if (!memory.TryRead(code, _header) || (fields.Separate is null ? InlineParts(code) : SeparateParts(fields.Separate)) is not { } parts)
            return null;
        var lines = _bytes.Bytes(ReadPointer(fields.LineTable), MostLineBytes, ref _lineTable);
        var constants = ReadPointer(fields.Constants);
        var firstLine = ReadInt32(fields.FirstLine);
        var body = new CodeBody(
            parts.Instructions, parts.Names, parts.Locals, parts.Kinds, lines, firstLine,
            index => _constants.Integer(constants, index), index => _constants.IsSlice(constants, index))
        {
            FirstCell = parts.FirstCell,
        };
        var file = _bytes.TextAt(ReadPointer(fields.FileName)) ?? "";
        var name = _bytes.TextAt(ReadPointer(fields.QualifiedName)) ?? _bytes.TextAt(ReadPointer(fields.Name)) ?? "";
        var uses = _finder.Find(body);
        if (_finder.WasCorrupt)
            CorruptCount++;
        var parameters = parts.Locals.Take(Math.Clamp(ReadInt32(fields.ArgumentCount), 0, parts.Locals.Count)).Select(local => local ?? "");
        return new CodeInfo(node, name, file, firstLine, uses) { Parameters = [.. parameters] };
    }

    /// <summary>Since 3.11: instructions in the object itself, all variables in one tuple.</summary>
    private CodeParts? InlineParts(Address code)
    {
        var fields = layout.Code;
        var units = ReadInt64(CodeBytes.VariableSize);
        var localCount = ReadInt32(fields.LocalsPlusCount);
        if (units is < 1 or > MostUnits || localCount is < 0 or > CodeBytes.MostNames)
            return null;
        var instructions = _bytes.Plain(code + fields.Instructions, (int)units * 2, ref _instructions);
        var names = _bytes.Names(ReadPointer(fields.Names));
        var locals = _bytes.Names(ReadPointer(fields.LocalsPlusNames));
        if (instructions.IsEmpty || names is null || locals is null || locals.Length != localCount)
            return null;
        var kinds = _bytes.Bytes(ReadPointer(fields.LocalsPlusKinds), CodeBytes.MostNames, ref _kinds);
        return new CodeParts(instructions, names, locals, kinds, FirstCell: 0);
    }

    /// <summary>To 3.10: instructions in a bytes object, variables in three tuples, one after the other in a frame.</summary>
    private CodeParts? SeparateParts(SeparateCodeLayout separate)
    {
        var instructions = _bytes.Bytes(ReadPointer(separate.Bytecode), MostUnits * 2, ref _instructions);
        if (instructions.IsEmpty
            || _bytes.Names(ReadPointer(layout.Code.Names)) is not { } names
            || _bytes.Names(ReadPointer(separate.LocalNames)) is not { } locals
            || _bytes.Names(ReadPointer(separate.CellNames)) is not { } cells
            || _bytes.Names(ReadPointer(separate.FreeNames)) is not { } free)
            return null;
        var kinds = new byte[locals.Length + cells.Length + free.Length];
        kinds.AsSpan(0, locals.Length).Fill(CodeBody.LocalVariable);
        kinds.AsSpan(locals.Length, cells.Length).Fill(CodeBody.CellVariable);
        kinds.AsSpan(locals.Length + cells.Length).Fill(CodeBody.FreeVariable);
        return new CodeParts(instructions, names, [.. locals, .. cells, .. free], kinds, locals.Length);
    }

    private Address ReadPointer(int offset) => new(BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(offset)));

    private int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(offset));

    private long ReadInt64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(offset));

    private readonly record struct CodeParts(
        ReadOnlyMemory<byte> Instructions, IReadOnlyList<string?> Names, IReadOnlyList<string?> Locals, ReadOnlyMemory<byte> Kinds, int FirstCell);
}
