using LeakySpanner.CPython.Objects;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>sys.modules, entry by entry: the module under the name by which it was imported.</summary>
internal static class ModuleRoots
{
    private const int LongestName = 256;

    public static List<Root> Find(WalkState state, ulong interpreter, WalkWorker worker)
    {
        var roots = new List<Root>();
        var (layout, limits) = (state.Layout, state.Limits);
        if (!worker.Discovery.TryWord(interpreter + (ulong)layout.Interpreter.Modules, out var modules)
            || !worker.Discovery.TryWord(modules + (ulong)layout.Dict.Keys, out var address)
            || !KeyTable.TryRead(worker.Discovery, layout, limits, address, out var keys) || keys.IsSplit || keys.EntryCount > limits.Modules)
        {
            worker.Fault(Faults.ModuleTableInconsistent);
            return roots;
        }

        var pairs = new List<(ulong Key, ulong Value)>();
        var pieces = worker.Pieces(keys.Entries, keys.EntryCount, keys.EntrySize);
        while (pieces.MoveNext())
        {
            for (var at = 0; at < pieces.Current.Length; at += keys.EntrySize)
                pairs.Add((BitConverter.ToUInt64(pieces.Current[(at + keys.KeyOffset)..]), BitConverter.ToUInt64(pieces.Current[(at + keys.ValueOffset)..])));
        }

        foreach (var (key, value) in pairs)
        {
            if (value != 0 && PythonText.TryRead(state.Memory, layout.Text, new Address(key), LongestName, out var name) && worker.Resolve(value, isScanned: false) is >= 0 and var node)
                roots.Add(new Root(RootKind.Module, name, new NodeId(node)));
        }

        return roots;
    }
}
