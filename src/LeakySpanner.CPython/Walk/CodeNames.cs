using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Walk;

/// <summary>What a frame needs of its code object.</summary>
/// <param name="QualifiedName">"Search.lookup"; to 3.10, where code knows only its name, "lookup".</param>
/// <param name="Locals">Locals, then cells and free variables, in the order of a frame's slots.</param>
/// <param name="StackSize">Slots of the value stack.</param>
internal sealed record CodeNames(string QualifiedName, ImmutableArray<string> Locals, int StackSize)
{
    /// <summary>Null where the bytes at the address make no code object.</summary>
    public static CodeNames? TryRead(PageWindow window, PythonLayout layout, WalkLimits limits, ulong code)
    {
        var fields = layout.Code;
        if (code == 0 || code % sizeof(ulong) != 0 || !window.TryView(code, fields.Instructions, out var bytes))
            return null;
        var stack = BitConverter.ToInt32(bytes[fields.StackSize..]);
        var qualifiedName = new Address(BitConverter.ToUInt64(bytes[fields.QualifiedName..]));

        // The count of what the first tuple names; cells and free variables in tuples of their own have none.
        Span<(ulong Tuple, long Count)> tuples = fields.Separate is { } separate
            ?
            [
                (BitConverter.ToUInt64(bytes[separate.LocalNames..]), BitConverter.ToInt32(bytes[fields.LocalsPlusCount..])),
                (BitConverter.ToUInt64(bytes[separate.CellNames..]), -1),
                (BitConverter.ToUInt64(bytes[separate.FreeNames..]), -1),
            ]
            : [(BitConverter.ToUInt64(bytes[fields.LocalsPlusNames..]), BitConverter.ToInt32(bytes[fields.LocalsPlusCount..]))];
        var locals = ImmutableArray.CreateBuilder<string>();
        foreach (var (tuple, count) in tuples)
        {
            if (!TryAdd(window, layout, limits, tuple, count, locals))
                return null;
        }

        if (fields.Separate is not null)
            ForgetMoved(locals, (int)tuples[0].Count);
        if (stack < 0 || stack > limits.FrameSlots - locals.Count)
            return null;
        return PythonText.TryRead(window.Memory, layout.Text, qualifiedName, limits.NameLength * 2, out var name)
            ? new CodeNames(name, locals.ToImmutable(), stack)
            : null;
    }

    private static bool TryAdd(PageWindow window, PythonLayout layout, WalkLimits limits, ulong tuple, long expected, ImmutableArray<string>.Builder locals)
    {
        if (!window.TryWord(tuple + (ulong)layout.List.Size, out var length) || length > (ulong)(limits.FrameSlots - locals.Count) || (expected >= 0 && length != (ulong)expected))
            return false;
        for (var i = 0; i < (int)length; i++)
        {
            var local = window.TryWord(tuple + (ulong)(layout.List.TupleItems + (i * sizeof(ulong))), out var text)
                && PythonText.TryRead(window.Memory, layout.Text, new Address(text), limits.NameLength, out var read) ? read : "";
            locals.Add(local);
        }

        return true;
    }

    /// <summary>An argument that a closure shares moves from its local slot to a cell of the same name (co_cell2arg): the cell keeps the name.</summary>
    private static void ForgetMoved(ImmutableArray<string>.Builder locals, int localCount)
    {
        for (var i = 0; i < localCount; i++)
        {
            for (var cell = localCount; cell < locals.Count && locals[i].Length > 0; cell++)
            {
                if (locals[cell] == locals[i])
                    locals[i] = "";
            }
        }
    }
}
