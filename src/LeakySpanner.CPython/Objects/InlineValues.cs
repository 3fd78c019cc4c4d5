using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// The attribute values of one object (struct _dictvalues), whose names stand in its class's shared keys: how to find them from an
/// object that has no dict, and how to read them, which a dict that shares keys does too. What differs between versions is below.
/// </summary>
internal abstract class InlineValues
{
    public static InlineValues For(DictLayout layout) => layout.Attributes switch
    {
        AttributeForm.Embedded => new EmbeddedValues(layout),
        AttributeForm.Tagged => new TaggedValues(layout),
        _ => new SeparateValues(layout),
    };

    /// <summary>The address of an instance's values; 0 where it has none, or a dict instead.</summary>
    public abstract ulong Locate(in ObjectView view, TypePlan plan);

    /// <summary>Bytes of an instance's own block that its values take behind it.</summary>
    public virtual long SizeWithin(in ObjectView view, TypePlan plan, PageWindow window) => 0;

    /// <param name="window">The target's memory.</param>
    /// <param name="address">Of the first byte that the version calls the values.</param>
    /// <param name="capacity">Values for which the shared keys let room; used where the values do not tell.</param>
    /// <param name="values">As many as are wanted; those that are not set become null.</param>
    /// <param name="block">The memory that they take.</param>
    public abstract bool TryRead(PageWindow window, ulong address, long capacity, Span<ulong> values, out ValueBlock block);
}

/// <param name="Start">Of the memory.</param>
/// <param name="Length">In bytes.</param>
/// <param name="IsWithinObject">No block of its own.</param>
internal readonly record struct ValueBlock(ulong Start, long Length, bool IsWithinObject);

/// <summary>3.11: an array in a block of its own. The byte before the first value tells the length of the prefix, which records the
/// order of insertion and so bounds the number of values.</summary>
internal class SeparateValues(DictLayout layout) : InlineValues
{
    private const int LargestPrefix = 248;

    public override ulong Locate(in ObjectView view, TypePlan plan) => view.Word(layout.InlineValuesPointer);

    public override bool TryRead(PageWindow window, ulong address, long capacity, Span<ulong> values, out ValueBlock block)
    {
        block = default;
        if (address % sizeof(ulong) != 0 || !window.TryView(address - sizeof(ulong), (values.Length + 1) * sizeof(ulong), out var bytes))
            return false;
        int prefix = bytes[sizeof(ulong) - 1];
        if (prefix is 0 or > LargestPrefix || prefix % sizeof(ulong) != 0 || values.Length > prefix - 2)
            return false;
        bytes[sizeof(ulong)..].CopyTo(MemoryMarshal.AsBytes(values));
        block = new ValueBlock(address - (uint)prefix, prefix + (capacity * sizeof(ulong)), IsWithinObject: false);
        return true;
    }
}

/// <summary>3.12: such an array, and one word for it or the dict: odd, one less than the array's address, or the dict's.</summary>
internal sealed class TaggedValues(DictLayout layout) : SeparateValues(layout)
{
    private readonly DictLayout _layout = layout;

    public override ulong Locate(in ObjectView view, TypePlan plan) => view.Word(_layout.InlineDictPointer) is var word && (word & 1) != 0 ? word + 1 : 0;
}

/// <summary>
/// 3.13: behind the object, in its block: a header that tells capacity and length, the values, the order of insertion. A dict that
/// is asked for uses them where they are; a dict that outlives or outgrows the object has a block of its own.
/// </summary>
internal sealed class EmbeddedValues(DictLayout layout) : InlineValues
{
    private const int Capacity = 0;
    private const int Embedded = 2;
    private const int Valid = 3;

    public override ulong Locate(in ObjectView view, TypePlan plan) =>
        plan.HasEmbeddedValues && view.Word(layout.InlineDictPointer) == 0 ? view.Address + (ulong)plan.BasicSize : 0;

    public override long SizeWithin(in ObjectView view, TypePlan plan, PageWindow window) =>
        plan.HasEmbeddedValues && window.TryView(view.Address + (ulong)plan.BasicSize, sizeof(ulong), out var header) ? SizeOf(header[Capacity]) : 0;

    public override bool TryRead(PageWindow window, ulong address, long capacity, Span<ulong> values, out ValueBlock block)
    {
        block = default;
        values.Clear();
        if (address % sizeof(ulong) != 0 || !window.TryView(address, layout.ValuesFirst, out var header))
            return false;
        var room = header[Capacity];
        var isEmbedded = header[Embedded] != 0;

        // A block of a dict's own is always valid, and its byte for that is not set.
        var count = !isEmbedded || header[Valid] != 0 ? Math.Min(values.Length, room) : 0;
        if (header[Embedded] > 1 || (isEmbedded && header[Valid] > 1) || !window.TryView(address + (ulong)layout.ValuesFirst, count * sizeof(ulong), out var bytes))
            return false;
        bytes.CopyTo(MemoryMarshal.AsBytes(values));
        block = new ValueBlock(address, SizeOf(room), isEmbedded);
        return true;
    }

    private long SizeOf(int capacity) => layout.ValuesFirst + (capacity * sizeof(ulong)) + ((capacity + sizeof(ulong) - 1) & -sizeof(ulong));
}
