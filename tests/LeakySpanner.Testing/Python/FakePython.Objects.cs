using System.Text;
using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

public sealed partial class FakePython
{
    private readonly Dictionary<Address, int> _sizes = [];

    /// <summary>An object of a type, zero behind its head; tracked by the collector if its type asks for that.</summary>
    public Address New(Address type, int size, bool tracked = true)
    {
        var before = _preHeaders[type];
        var instance = Allocate(before + size) + before;
        Memory.Write(instance, 1UL);
        Memory.Write(instance + 8, type);
        _sizes[instance] = size;
        if (before > 0 && tracked)
            Track(instance);
        return instance;
    }

    /// <summary>Bytes that were asked for an object, without what stands before it.</summary>
    public int SizeOf(Address instance) => _sizes[instance];

    /// <summary>Frees the object's own block; references to it stay, as in a torn reading.</summary>
    public void Delete(Address instance, Address type)
    {
        if (_preHeaders[type] > 0)
            Untrack(instance);
        Free(instance + -_preHeaders[type]);
    }

    public Address Instance(Address type) => New(type, 16);

    public Address Real(double value)
    {
        var instance = New(FloatType, 24);
        Memory.Write(instance + 16, BitConverter.DoubleToUInt64Bits(value));
        return instance;
    }

    public Address Whole(uint value)
    {
        var instance = New(IntegerType, 28);
        Memory.Write(instance + 16, 1UL << Layout.Objects.Number.TagShift);
        Memory.WriteUInt32(instance + 24, value);
        return instance;
    }

    /// <summary>A compact ASCII str.</summary>
    public Address Text(string ascii)
    {
        var layout = Layout.Text;
        var instance = New(TextType, layout.AsciiSize + ascii.Length + 1);
        Memory.Write(instance + layout.Length, (ulong)ascii.Length);
        Memory.WriteUInt32(instance + layout.State, (1u << layout.KindShift) | (1u << layout.CompactShift) | (1u << layout.AsciiShift));
        Memory.Write(instance + layout.AsciiSize, Encoding.ASCII.GetBytes(ascii));
        return instance;
    }

    /// <summary>The one str of that text, marked interned.</summary>
    public Address Interned(string ascii)
    {
        if (_interned.TryGetValue(ascii, out var known))
            return known;
        var layout = Layout.Text;
        var instance = Text(ascii);
        Memory.WriteUInt32(instance + layout.State, (1u << layout.InternedShift) | (1u << layout.KindShift) | (1u << layout.CompactShift) | (1u << layout.AsciiShift));
        return _interned[ascii] = instance;
    }

    public Address Tuple(params Address[] items)
    {
        var instance = New(TupleType, Layout.List.TupleItems + (8 * items.Length));
        Memory.Write(instance + Layout.List.Size, (ulong)items.Length);
        WriteReferences(instance + Layout.List.TupleItems, items);
        return instance;
    }

    public Address List(params Address[] items) => ListOf(ListType, items);

    public Address ListOf(Address type, params Address[] items)
    {
        var instance = New(type, 40);
        var array = Allocate(Math.Max(8, 8 * items.Length));
        Memory.Write(instance + Layout.List.Size, (ulong)items.Length);
        Memory.Write(instance + Layout.List.Items, array);
        Memory.Write(instance + Layout.List.Allocated, (ulong)items.Length);
        WriteReferences(array, items);
        return instance;
    }

    public Address Dict(params (Address Key, Address Value)[] entries) => Dict(DictType, entries);

    /// <summary>A combined table of str keys.</summary>
    public Address Dict(Address type, params (Address Key, Address Value)[] entries)
    {
        var instance = New(type, Layout.Dict.Size);
        Memory.Write(instance + Layout.Dict.Used, (ulong)entries.Length);
        Memory.Write(instance + Layout.Dict.Keys, Keys(1, entries));
        return instance;
    }

    /// <summary>_dictkeysobject: kind 0 general (hash 0), 1 unicode, 2 split (values null).</summary>
    public Address Keys(byte kind, params (Address Key, Address Value)[] entries)
    {
        if (Layout.Dict.KeysSlots >= 0)
            return ClassicKeys(entries);
        var layout = Layout.Dict;
        var log2Size = 3;
        while ((1 << log2Size) * 2 / 3 < entries.Length)
            log2Size++;
        var indexBytes = 1 << (log2Size < 8 ? log2Size : log2Size + (log2Size < 16 ? 1 : 2));
        var entrySize = kind == 0 ? layout.GeneralEntrySize : layout.UnicodeEntrySize;
        var usable = (1 << log2Size) * 2 / 3;
        var keys = Allocate(layout.KeysIndices + indexBytes + (usable * entrySize));
        Memory.Write(keys, 1UL);
        Memory.WriteByte(keys + layout.KeysLog2Size, (byte)log2Size);
        Memory.WriteByte(keys + layout.KeysLog2IndexBytes, (byte)System.Numerics.BitOperations.Log2((uint)indexBytes));
        Memory.WriteByte(keys + layout.KeysKind, kind);
        Memory.Write(keys + layout.KeysUsable, (ulong)(usable - entries.Length));
        Memory.Write(keys + layout.KeysEntries, (ulong)entries.Length);
        var at = keys + layout.KeysIndices + indexBytes + (entrySize - 16);
        foreach (var (key, value) in entries)
        {
            Memory.Write(at, key);
            Memory.Write(at + 8, value);
            at += entrySize;
        }
        return keys;
    }

    public void WriteReferences(Address at, params ReadOnlySpan<Address> references)
    {
        foreach (var reference in references)
        {
            Memory.Write(at, reference);
            at += 8;
        }
    }

    /// <summary>Appends to the oldest generation's list.</summary>
    private void Track(Address instance)
    {
        var node = instance + -Layout.Collector.HeaderSize;
        var head = Generation(Layout.Collector.GenerationCount - 1);
        var last = ReadAddress(head + 8);
        Memory.Write(last, node);
        Memory.Write(node, head);
        Memory.Write(node + 8, last);
        Memory.Write(head + 8, node);
    }

    private void Untrack(Address instance)
    {
        var node = instance + -Layout.Collector.HeaderSize;
        var (next, last) = (ReadAddress(node), ReadAddress(node + 8));
        if (next.IsNull)
            return;
        Memory.Write(last, next);
        Memory.Write(next + 8, last);
    }

    private Address ReadAddress(Address at)
    {
        Span<byte> bytes = stackalloc byte[8];
        Memory.TryRead(at, bytes);
        return new Address(BitConverter.ToUInt64(bytes));
    }
}
