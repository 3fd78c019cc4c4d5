using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Runtime;

/// <summary>
/// What a process says of its own layout (_Py_DebugOffsets, from 3.13 on; generation0), because patch releases of one version differ where
/// the headers leave them room: 3.14 has had two collectors, and the lists of 3.13.5 begin four bytes before those of 3.13.0. Believed within
/// bounds, and only as a whole: a table with one absurd offset changes nothing.
/// </summary>
internal static class OwnOffsets
{
    /// <summary>PyInterpreterState has some 400 KB at most.</summary>
    private const ulong Furthest = 1 << 20;

    /// <summary>Members between the collector and the end of the interpreter may have moved by so much between patch releases.</summary>
    private const int LargestShift = 512;

    /// <summary>How far the collector's lists may stand from where the layout has them.</summary>
    private const ulong ListSlack = 8;

    private static ReadOnlySpan<byte> Cookie => "xdebugpy"u8;

    /// <summary>The layout with the process's own offsets; the same where it tells none that can be believed.</summary>
    public static PythonLayout Apply(ITargetMemory memory, PythonLayout layout, Address runtime, out bool isFreeThreaded)
    {
        isFreeThreaded = false;
        if (layout.DebugOffsets is not { } table)
            return layout;
        var bytes = new byte[table.Size];
        if (!memory.TryRead(runtime, bytes) || !bytes.AsSpan().StartsWith(Cookie))
            return layout;
        var version = Word(bytes, table.Version) >> 16;
        if (version != (ulong)((layout.Version.Major << 8) | layout.Version.Minor))
            return layout;
        isFreeThreaded = Word(bytes, table.FreeThreaded) == 1;
        ReadOnlySpan<int> all =
        [
            table.InterpretersHead, table.Next, table.ThreadsHead, table.Collector, table.Modules, table.SysDict, table.Builtins,
            table.ThreadNext, table.ThreadInterpreter, table.ThreadFrame,
        ];
        foreach (var at in all)
        {
            if (Word(bytes, at) >= Furthest || Word(bytes, at) % sizeof(ulong) != 0)
                return layout;
        }

        int Offset(int at) => (int)Word(bytes, at);
        var known = layout.Interpreter;
        var collector = Offset(table.Collector) - known.Collector;
        var behind = Offset(table.Modules) - known.Modules;
        if (Math.Abs(collector) > LargestShift || Math.Abs(behind) > LargestShift || Offset(table.SysDict) - known.SysDict != behind || Offset(table.Builtins) - known.Builtins != behind)
            return layout;
        int Moved(int offset) => offset < known.Collector ? offset : offset < known.SysDict ? offset + collector : offset + behind;
        var head = Offset(table.InterpretersHead);
        return layout with
        {
            Runtime = layout.Runtime with { InterpretersHead = head, InterpretersMain = head + layout.Runtime.InterpretersMain - layout.Runtime.InterpretersHead },
            Interpreter = known with
            {
                Next = Offset(table.Next),
                ThreadsHead = Offset(table.ThreadsHead),
                Collector = Offset(table.Collector),
                Modules = Moved(known.Modules),
                ModulesByIndex = Moved(known.ModulesByIndex),
                SysDict = Moved(known.SysDict),
                Builtins = Moved(known.Builtins),
                ImportLib = Moved(known.ImportLib),
                CodecSearchPath = Moved(known.CodecSearchPath),
                Size = known.Size + behind,
            },
            Thread = layout.Thread with { Next = Offset(table.ThreadNext), Interpreter = Offset(table.ThreadInterpreter), CurrentFrame = Offset(table.ThreadFrame) },
            StaticTypes = layout.StaticTypes is { } types ? types with { First = Moved(types.First) } : null,
            Objects = layout.Objects with { InterpreterFields = [.. layout.Objects.InterpreterFields.Select(field => field with { Offset = Moved(field.Offset) })] },
        };
    }

    /// <summary>The layout with the collector's lists where the interpreter's own pointer to the first of them leads.</summary>
    public static PythonLayout ApplyLists(ITargetMemory memory, PythonLayout layout, Address interpreter)
    {
        var collector = interpreter + layout.Interpreter.Collector;
        if (layout.Collector.GenerationZero < 0 || !memory.TryReadUInt64(collector + layout.Collector.GenerationZero, out var first))
            return layout;
        var offset = first - collector.Value;
        var moved = (int)offset - layout.Collector.Generations;
        return offset < Furthest && (ulong)Math.Abs(moved) <= ListSlack && moved != 0
            ? layout with { Collector = layout.Collector with { Generations = (int)offset } }
            : layout;
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
