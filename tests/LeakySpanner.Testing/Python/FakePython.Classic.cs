using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

/// <summary>What CPython to 3.10 lays out in its own way: tables that tell their slots, plain values, frames that are objects.</summary>
public sealed partial class FakePython
{
    private Address _classicFrameType;
    private Address _classicCoroutineType;

    public Address ClassicFrameType => OnDemand(ref _classicFrameType, "frame", Layout.Frame.LocalsPlus + 8, itemSize: 8, collected: true);

    public Address ClassicCoroutineType => OnDemand(ref _classicCoroutineType, "coroutine", Layout.Coroutine.Origin + 8, collected: true);

    /// <summary>A dict whose values stand in an array, with as much room as the shared table has.</summary>
    public Address ClassicSplitDict(Address sharedKeys, params Address[] values)
    {
        var instance = New(DictType, Layout.Dict.Size);
        var array = Allocate(Math.Max(values.Length, 5) * 8);
        WriteReferences(array, values);
        Memory.Write(instance + Layout.Dict.Used, (ulong)values.Count(value => !value.IsNull));
        Memory.Write(instance + Layout.Dict.Keys, sharedKeys);
        Memory.Write(instance + Layout.Dict.Values, array);
        return instance;
    }

    public Address ClassicCode(string name, int stackSize, string[] locals, string[] cells, string[] free)
    {
        var layout = Layout.Code;
        var separate = layout.Separate!;
        var code = New(OnDemand(ref _codeType, "code", layout.Instructions), layout.Instructions);
        Memory.WriteUInt32(code + layout.LocalsPlusCount, (uint)locals.Length);
        Memory.WriteUInt32(code + layout.StackSize, (uint)stackSize);
        Memory.Write(code + separate.LocalNames, Tuple([.. locals.Select(Interned)]));
        Memory.Write(code + separate.CellNames, Tuple([.. cells.Select(Interned)]));
        Memory.Write(code + separate.FreeNames, Tuple([.. free.Select(Interned)]));
        Memory.Write(code + layout.Name, Text(name));
        return code;
    }

    /// <param name="named">Slots that have names; the value stack follows them.</param>
    /// <param name="depth">Of the value stack; -1 while the frame runs.</param>
    public Address ClassicFrame(Address code, Address globals, int named, int depth, params Address[] slots)
    {
        var layout = Layout.Frame;
        var frame = New(ClassicFrameType, layout.LocalsPlus + (slots.Length * 8));
        Memory.Write(frame + layout.Code, code);
        Memory.Write(frame + layout.Globals, globals);
        WriteReferences(frame + layout.LocalsPlus, slots);
        var values = frame + layout.LocalsPlus + (named * 8);
        Memory.Write(frame + layout.ValueStack, values);
        if (!layout.StackTopIsPointer)
            Memory.WriteUInt32(frame + layout.StackTop, unchecked((uint)depth));
        else if (depth >= 0)
            Memory.Write(frame + layout.StackTop, values + (depth * 8));
        return frame;
    }

    public Address ClassicCoroutine(Address code, Address frame)
    {
        var coroutine = New(ClassicCoroutineType, Layout.Coroutine.Origin + 8);
        Memory.Write(coroutine + Layout.Coroutine.Code, code);
        Memory.Write(coroutine + Layout.Coroutine.Frame, frame);
        if (!frame.IsNull)
            Memory.Write(frame + Layout.Frame.Generator, coroutine);
        return coroutine;
    }

    /// <summary>Makes a frame the innermost one of the only thread.</summary>
    public void RunClassic(Address frame)
    {
        Memory.Write(frame + Layout.Frame.Previous, _running);
        Memory.Write(Thread + Layout.Objects.ThreadStack.Number, 1UL);
        Memory.Write(Thread + Layout.Thread.CurrentFrame, _running = frame);
    }

    /// <summary>A table with at most 85 entries, so that its index has a byte per slot.</summary>
    private Address ClassicKeys((Address Key, Address Value)[] entries)
    {
        var layout = Layout.Dict;
        var slots = 8;
        while (slots * 2 / 3 < entries.Length)
            slots *= 2;
        var usable = slots * 2 / 3;
        var keys = Allocate(layout.KeysIndices + slots + (usable * layout.GeneralEntrySize));
        Memory.Write(keys, 1UL);
        Memory.Write(keys + layout.KeysSlots, (ulong)slots);
        Memory.Write(keys + layout.KeysUsable, (ulong)(usable - entries.Length));
        Memory.Write(keys + layout.KeysEntries, (ulong)entries.Length);
        var at = keys + layout.KeysIndices + slots + 8;
        foreach (var (key, value) in entries)
        {
            Memory.Write(at, key);
            Memory.Write(at + 8, value);
            at += layout.GeneralEntrySize;
        }

        return keys;
    }
}
