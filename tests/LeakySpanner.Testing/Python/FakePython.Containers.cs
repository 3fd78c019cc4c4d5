using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

public sealed partial class FakePython
{
    /// <summary>A dict whose values stand apart from keys that a class shares.</summary>
    public Address SplitDict(Address sharedKeys, params Address[] values)
    {
        var instance = New(DictType, Layout.Dict.Size);
        Memory.Write(instance + Layout.Dict.Used, (ulong)values.Count(value => !value.IsNull));
        Memory.Write(instance + Layout.Dict.Keys, sharedKeys);
        Memory.Write(instance + Layout.Dict.Values, Values(values));
        return instance;
    }

    /// <summary>A dict with hashes beside its keys, which may be of any type.</summary>
    public Address GeneralDict(params (Address Key, Address Value)[] entries)
    {
        var instance = New(DictType, Layout.Dict.Size);
        Memory.Write(instance + Layout.Dict.Used, (ulong)entries.Length);
        Memory.Write(instance + Layout.Dict.Keys, Keys(0, entries));
        return instance;
    }

    /// <summary>struct _dictvalues; the address is that of the first value, as objects and dicts know it.</summary>
    public Address Values(params Address[] values)
    {
        var prefix = (values.Length + 2 + 7) & ~7;
        var block = Allocate(prefix + (values.Length * 8));
        Memory.WriteByte(block + (prefix - 1), (byte)prefix);
        Memory.WriteByte(block + (prefix - 2), (byte)values.Length);
        WriteReferences(block + prefix, values);
        return block + prefix;
    }

    /// <summary>An object of a class with a managed dict, its attributes beside it.</summary>
    public Address InstanceWith(Address type, params Address[] values)
    {
        var instance = Instance(type);
        Memory.Write(instance + Layout.Dict.InlineValuesPointer, Values(values));
        return instance;
    }

    /// <param name="members">With 5 and more, the table stands outside the object.</param>
    public Address Set(params Address[] members)
    {
        var layout = Layout.Set;
        var size = 8;
        while (members.Length * 5 >= size * 3)
            size *= 2;
        var instance = New(SetType, 200);
        var table = size == 8 ? instance + layout.SmallTable : Allocate(size * layout.EntrySize);
        Memory.Write(instance + layout.Fill, (ulong)members.Length);
        Memory.Write(instance + layout.Used, (ulong)members.Length);
        Memory.Write(instance + layout.Mask, (ulong)size - 1);
        Memory.Write(instance + layout.Table, table);
        for (var i = 0; i < members.Length; i++)
        {
            Memory.Write(table + (i * layout.EntrySize), members[i]);
            Memory.Write(table + (i * layout.EntrySize) + 8, (ulong)(i + 100));
        }

        return instance;
    }

    /// <param name="bound">maxlen; -1 for none.</param>
    /// <param name="leftIndex">Where in the first block the first item stands.</param>
    public Address Deque(long bound, int leftIndex, params Address[] items)
    {
        var layout = Layout.Objects.Deque;
        var instance = New(DequeType, 96);
        Memory.Write(instance + layout.Length, (ulong)items.Length);
        Memory.Write(instance + layout.LeftIndex, (ulong)leftIndex);
        Memory.Write(instance + layout.LargestLength, unchecked((ulong)bound));
        var block = Allocate(layout.BlockSize);
        Memory.Write(instance + layout.LeftBlock, block);
        var index = leftIndex;
        foreach (var item in items)
        {
            if (index == layout.BlockLength)
            {
                var next = Allocate(layout.BlockSize);
                Memory.Write(block + layout.BlockRight, next);
                Memory.Write(next, block);
                (block, index) = (next, 0);
            }

            Memory.Write(block + layout.BlockItems + (index++ * 8), item);
        }

        return instance;
    }
}
