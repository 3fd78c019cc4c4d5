using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>
/// Reads a function's instructions once, in order, with symbols for values, and notes what it does to what it can name.
/// Nothing is executed. Branches are followed by keeping the state at each forward jump and joining it at the target;
/// a loop forgets, at its head, the locals that its body assigns. Cost: linear in the code, and bounded on corrupt code.
/// Not safe for use by several threads; one finder serves a whole walk and shares its paths.
/// </summary>
public sealed partial class UseFinder(OpcodeTable opcodes, PathTable paths)
{
    private const int MostUses = 4096;
    private const int MostSavedStates = 256;

    private readonly MachineState _state = new();
    private readonly Dictionary<int, MachineState> _saved = [];
    private readonly HashSet<int> _forgotten = [];
    private readonly Stack<MachineState> _spare = [];
    private readonly Dictionary<int, int> _loops = [];
    private readonly List<(int Unit, int Local)> _stores = [];
    private readonly Dictionary<int, Symbol> _onlyStore = [];
    private readonly HashSet<(int Line, CodeAction Action, int Path, string Method)> _seen = [];
    private readonly ImmutableArray<CodeUse>.Builder _uses = ImmutableArray.CreateBuilder<CodeUse>();
    private CodeBody _body = null!;
    private int[] _lines = [];
    private int[] _storeCounts = [];
    private int _line;

    /// <summary>True where the last code given held bytes that are no instructions.</summary>
    public bool WasCorrupt { get; private set; }

    public ImmutableArray<CodeUse> Find(CodeBody body)
    {
        Prepare(body);
        var decoder = new InstructionDecoder(body.Instructions.Span, opcodes);
        var flows = true;
        while (decoder.MoveNext() && _uses.Count < MostUses)
        {
            var instruction = decoder.Current;
            _line = _lines[instruction.Unit];
            flows = Enter(instruction.Unit, flows);
            Execute(instruction);
            flows = Leave(instruction);
        }

        WasCorrupt = decoder.IsCorrupt;
        foreach (var state in _saved.Values)
            _spare.Push(state);
        _saved.Clear();
        return _uses.Count == 0 ? [] : _uses.ToImmutable();
    }

    private void Prepare(CodeBody body)
    {
        _body = body;
        var units = body.Instructions.Length / 2;
        if (_lines.Length < units)
            _lines = new int[units];
        LineTable.Decode(opcodes.Lines, body.LineTable.Span, body.FirstLine, _lines.AsSpan(0, units));
        _loops.Clear();
        _stores.Clear();
        _onlyStore.Clear();
        _forgotten.Clear();
        _seen.Clear();
        _uses.Clear();
        _storeCounts = new int[Math.Min(body.Locals.Count, MachineState.MostLocals)];
        _state.Reset(body.Locals.Count);

        var decoder = new InstructionDecoder(body.Instructions.Span, opcodes);
        while (decoder.MoveNext())
        {
            var instruction = decoder.Current;
            switch (instruction.Operation)
            {
                case Operation.StoreFast:
                    NoteStore(instruction.Unit, instruction.Argument);
                    break;
                case Operation.StoreFastLoadFast:
                    NoteStore(instruction.Unit, First(instruction.Argument));
                    break;
                case Operation.StoreFastTwice:
                    NoteStore(instruction.Unit, First(instruction.Argument));
                    NoteStore(instruction.Unit, Second(instruction.Argument));
                    break;
                case var _ when instruction.IsBackward && instruction.Target >= 0:
                    var head = (int)instruction.Target;
                    _loops[head] = Math.Max(_loops.GetValueOrDefault(head), instruction.Unit);
                    break;
                default:
                    break;
            }
        }
    }

    private void NoteStore(int unit, int local)
    {
        _stores.Add((unit, local));
        if (local < _storeCounts.Length)
            _storeCounts[local]++;
    }

    /// <summary>Joins what jumps here with what falls through to here.</summary>
    private bool Enter(int unit, bool flows)
    {
        if (_saved.Remove(unit, out var saved))
        {
            if (flows)
                _state.Merge(saved);
            else
                _state.CopyFrom(saved);
            _spare.Push(saved);
            flows = true;
        }

        if (!flows || _forgotten.Contains(unit))
            StartHandler();
        if (_loops.TryGetValue(unit, out var end))
            ForgetWhatLoopAssigns(unit, end);
        return true;
    }

    /// <summary>Nothing flows here but an exception: only locals with a single assignment are what they were.</summary>
    private void StartHandler()
    {
        _state.Reset(_body.Locals.Count);
        foreach (var (local, value) in _onlyStore)
            _state.SetLocal(local, value);
    }

    /// <summary>Stores stand in the order of the code, so the loop's are found by halving; at most 64 are looked at.</summary>
    private void ForgetWhatLoopAssigns(int head, int end)
    {
        const int most = 64;
        var low = 0;
        var high = _stores.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_stores[middle].Unit < head)
                low = middle + 1;
            else
                high = middle;
        }

        for (var i = low; i < _stores.Count && _stores[i].Unit <= end; i++)
        {
            if (i - low == most)
            {
                StartHandler();
                return;
            }

            _state.SetLocal(_stores[i].Local, Symbol.Unknown);
        }
    }

    /// <summary>Sends the state along the jump; false where nothing goes on to the next instruction.</summary>
    private bool Leave(Instruction instruction)
    {
        switch (instruction.Operation)
        {
            case Operation.Leave or Operation.RaiseWithArguments:
                return false;
            case Operation.Jump:
                Save(instruction);
                return false;
            case Operation.PopJump:
                Save(instruction);
                return true;
            case Operation.JumpOrPop:
                Save(instruction);
                _state.Pop();
                return true;
            case Operation.Send:
                var sent = _state.Pop();
                Save(instruction);
                _state.Push(sent);
                return true;
            case Operation.SendUntilEnd:
                Save(instruction);
                return true;
            case Operation.ForEachUntilEnd:
                Iterate(instruction);
                return true;
            case Operation.ForEach:
                var iterated = _state.Pop();
                Save(instruction);
                _state.Push(iterated);
                _state.Push(ItemOf(iterated));
                return true;
            default:
                return true;
        }
    }

    /// <summary>
    /// A new collection below the iterator is a comprehension's, which stands in the code of its function since 3.12: where its loop ends,
    /// what it has made is some of what it went through.
    /// </summary>
    private void Iterate(Instruction instruction)
    {
        var above = instruction.Facts.Pops;
        var iterator = _state.Peek(1 + above);
        _state.Push(ItemOf(iterator));
        var made = _state.Peek(3 + above);
        if (made.Kind == SymbolKind.New && iterator.HasPath)
            _state.Poke(3 + above, new Symbol(SymbolKind.Part, iterator.Index));
        Save(instruction);
        _state.Poke(3 + above, made);
    }

    private void Save(Instruction instruction)
    {
        if (instruction.IsBackward || instruction.Target > int.MaxValue)
            return;
        var target = (int)instruction.Target;
        if (_saved.TryGetValue(target, out var saved))
        {
            saved.Merge(_state);
            return;
        }

        if (_saved.Count >= MostSavedStates)
        {
            _forgotten.Add(target);
            return;
        }

        if (!_spare.TryPop(out saved))
            saved = new MachineState();
        saved.CopyFrom(_state);
        _saved.Add(target, saved);
    }

    private void Emit(CodeAction action, int path, string method)
    {
        if (path < 0 || (paths.OriginOf(path) == PathOrigin.Unknown && paths.DepthOf(path) == 0))
            return;
        if (_seen.Add((action == CodeAction.Call ? 0 : _line, action, path, method)))
            _uses.Add(new CodeUse(_line, action, paths[path], method));
    }
}
