using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>The roots of one walk: first the places that certainly hold references, then, for what these do not reach, memory that may.</summary>
internal sealed class RootSet(WalkState state, PythonProcess process, WalkWorker worker)
{
    private readonly List<Root> _found = [];
    private readonly List<StackRange> _stacks = [];
    private int _typesSeen;

    public IReadOnlyList<Root> Found => _found;

    /// <summary>Modules, threads and their frames, the interpreter's own state.</summary>
    public void AddExact()
    {
        foreach (var interpreter in process.Interpreters)
        {
            _found.AddRange(ModuleRoots.Find(state, interpreter.Value, worker));
            new ThreadRoots(state, worker, _found, _stacks).AddOf(interpreter.Value);
            foreach (var field in state.Layout.Objects.InterpreterFields)
                Add(RootKind.Interpreter, field.Name, interpreter.Value + (ulong)field.Offset);
            AddStaticTypes(interpreter.Value);
            AddCollectorHeads(process.CollectorOf(interpreter).Value);
        }
    }

    /// <summary>Types verified since the last call become nodes; static ones, which are never freed, become roots.</summary>
    public void AddTypes()
    {
        for (; _typesSeen < process.Types.All.Count; _typesSeen++)
        {
            var type = process.Types.All[_typesSeen];
            if (ReferenceEquals(process.Types.FindKnown(type.Address), type)
                && worker.Resolve(type.Address.Value, isScanned: false) is >= 0 and var node && !type.IsHeapType)
                _found.Add(new Root(RootKind.StaticType, type.Name, new NodeId(node)));
        }
    }

    /// <summary>For objects that no exact root reaches: words in native memory that equal their addresses.</summary>
    public void AddNative(GraphColumns columns, IReadOnlyList<WalkWorker> workers, ArenaMap arenas, CancellationToken cancellation)
    {
        var reach = new Reachability(columns);
        foreach (var root in _found)
            reach.Mark(root.Node.Value);
        var frameType = state.Layout.Frame.AreObjects ? process.Types.All.FirstOrDefault(type => type is { IsHeapType: false, Name: "frame" })?.Address ?? Model.Address.Null : Model.Address.Null;
        new NativeRoots(state, reach, _found, worker, frameType).Add(_stacks, KnownMemory.Of(state, columns, workers, arenas, _stacks), cancellation);
    }

    private void Add(RootKind kind, string name, ulong at)
    {
        if (worker.Discovery.TryWord(at, out var target) && target != 0 && worker.Resolve(target, isScanned: true) is >= 0 and var node)
            _found.Add(new Root(kind, name, new NodeId(node)));
    }

    /// <summary>Dict and subclasses of CPython's own static types, which each interpreter has for itself from 3.12 on.</summary>
    private void AddStaticTypes(ulong interpreter)
    {
        if (state.Layout.StaticTypes is not { } layout)
            return;
        for (var i = 0; i < layout.Count; i++)
        {
            var at = interpreter + (ulong)(layout.First + (i * layout.Size));
            if (!worker.Discovery.TryWord(at, out var address) || address == 0 || process.Types.Find(new Model.Address(address)) is not { IsHeapType: false } type)
                continue;
            Add(RootKind.StaticType, $"{type.Name}.__dict__", at + (ulong)layout.Dict);
            Add(RootKind.StaticType, $"{type.Name}.__subclasses__", at + (ulong)layout.Subclasses);
        }
    }

    /// <summary>The first of each generation may lie outside arenas; no root, but to be found.</summary>
    private void AddCollectorHeads(ulong state)
    {
        var collector = process.Layout.Collector;
        for (var i = 0; i <= collector.GenerationCount; i++)
        {
            var head = i < collector.GenerationCount ? collector.Generations + (i * collector.GenerationSize) : collector.PermanentGeneration;
            if (worker.Discovery.TryWord(state + (ulong)head, out var first))
                worker.Resolve((first & Layouts.CollectorLayout.LinkMask) + (ulong)collector.HeaderSize, isScanned: true);
        }
    }
}

/// <summary>A part of a thread's stack that is in use.</summary>
/// <param name="Name">The thread's.</param>
/// <param name="LimitEnd">Past what may be left over from calls that have returned.</param>
internal readonly record struct StackRange(string Name, ulong Start, ulong End, ulong LimitEnd);
