using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Walk;

/// <summary>What a frame needs of its code object.</summary>
/// <param name="QualifiedName">"Search.lookup".</param>
/// <param name="Locals">co_localsplusnames: locals, then cells and free variables.</param>
/// <param name="StackSize">Slots of the value stack.</param>
internal sealed record CodeNames(string QualifiedName, ImmutableArray<string> Locals, int StackSize)
{
    /// <summary>Null where the bytes at the address make no code object.</summary>
    public static CodeNames? TryRead(PageWindow window, PythonLayout layout, WalkLimits limits, ulong code)
    {
        var fields = layout.Code;
        if (code == 0 || code % sizeof(ulong) != 0 || !window.TryView(code, fields.Instructions, out var bytes))
            return null;
        var count = BitConverter.ToInt32(bytes[fields.LocalsPlusCount..]);
        var stack = BitConverter.ToInt32(bytes[fields.StackSize..]);
        var names = BitConverter.ToUInt64(bytes[fields.LocalsPlusNames..]);
        var qualifiedName = new Address(BitConverter.ToUInt64(bytes[fields.QualifiedName..]));
        if (count < 0 || stack < 0 || count > limits.FrameSlots || stack > limits.FrameSlots - count)
            return null;
        if (!window.TryWord(names + (ulong)layout.List.Size, out var length) || length != (ulong)count)
            return null;
        if (!PythonText.TryRead(window.Memory, layout.Text, qualifiedName, limits.NameLength * 2, out var name))
            return null;
        var locals = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count; i++)
        {
            var local = window.TryWord(names + (ulong)(layout.List.TupleItems + (i * sizeof(ulong))), out var text)
                && PythonText.TryRead(window.Memory, layout.Text, new Address(text), limits.NameLength, out var read) ? read : "";
            locals.Add(local);
        }

        return new CodeNames(name, locals.MoveToImmutable(), stack);
    }
}
