using System.Numerics;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>What each instruction does to the symbols (Python/ceval.c).</summary>
public sealed partial class UseFinder
{
    private void Execute(Instruction instruction)
    {
        var argument = instruction.Argument;
        switch (instruction.Operation)
        {
            case Operation.Opaque:
                _state.Pop(instruction.Facts.Pops);
                for (var i = 0; i < instruction.Facts.Pushes; i++)
                    _state.Push(Symbol.Unknown);
                break;
            case Operation.PushNull:
                _state.Push(new Symbol(SymbolKind.Null));
                break;
            case Operation.Copy:
                _state.Push(_state.Peek(argument));
                break;
            case Operation.Swap:
                _state.Swap(argument);
                break;
            case Operation.Duplicate:
                var duplicated = (int)instruction.Facts.Pops;
                for (var i = 0; i < duplicated; i++)
                    _state.Push(_state.Peek(duplicated));
                break;
            case Operation.Rotate:
                _state.Rotate(instruction.Facts.Pops > 0 ? instruction.Facts.Pops : argument);
                break;
            case Operation.DropBelow:
                var kept = _state.Pop();
                _state.Pop(instruction.Facts.Pops);
                _state.Push(kept);
                break;
            case Operation.LoadSmallNumber:
                _state.Push(Symbol.OfNumber(argument));
                break;
            case Operation.LoadCommonConstant:
                _state.Push(opcodes.CommonNumber(argument) is { } number ? Symbol.OfNumber(number) : Symbol.OtherConstant);
                break;
            case Operation.LoadConstant:
                _state.Push(new Symbol(SymbolKind.Constant, argument));
                break;
            case Operation.LoadFast:
                _state.Push(LoadLocal(argument));
                break;
            case Operation.StoreFast:
                StoreLocal(argument, _state.Pop());
                break;
            case Operation.LoadFastAndClear:
                _state.Push(LoadLocal(argument));
                _state.SetLocal(argument, Symbol.Unknown);
                break;
            case Operation.LoadFastTwice:
                _state.Push(LoadLocal(First(argument)));
                _state.Push(LoadLocal(Second(argument)));
                break;
            case Operation.StoreFastLoadFast:
                StoreLocal(First(argument), _state.Pop());
                _state.Push(LoadLocal(Second(argument)));
                break;
            case Operation.StoreFastTwice:
                StoreLocal(First(argument), _state.Pop());
                StoreLocal(Second(argument), _state.Pop());
                break;
            case Operation.DeleteFast:
                _state.SetLocal(argument, Symbol.Unknown);
                break;
            case Operation.LoadName:
                _state.Pop(instruction.Facts.Pops);
                PushNamed(PathOrigin.Global, _body.Names, argument);
                break;
            case Operation.LoadGlobal:
                if ((argument & 1) != 0)
                    _state.Push(new Symbol(SymbolKind.Null));
                PushNamed(PathOrigin.Global, _body.Names, argument >> 1);
                break;
            case Operation.LoadCell:
                _state.Pop(instruction.Facts.Pops);
                PushNamed(PathOrigin.Cell, _body.Locals, CellAt(argument));
                break;
            case Operation.StoreName or Operation.StoreGlobal:
                Bind(_state.Pop(), Named(PathOrigin.Global, _body.Names, argument));
                break;
            case Operation.StoreCell:
                Bind(_state.Pop(), Named(PathOrigin.Cell, _body.Locals, CellAt(argument)));
                break;
            case Operation.LoadAttribute:
                _state.Push(AttributeOf(_state.Pop(), argument));
                break;
            case Operation.LoadMethod:
                _state.Push(AttributeOf(_state.Pop(), argument));
                _state.Push(new Symbol(SymbolKind.Null));
                break;
            case Operation.LoadAttributeOrMethod:
                _state.Push(AttributeOf(_state.Pop(), argument >> 1));
                if ((argument & 1) != 0)
                    _state.Push(new Symbol(SymbolKind.Null));
                break;
            case Operation.LoadSuperAttribute:
                var self = _state.Pop();
                _state.Pop(2);
                _state.Push(AttributeOf(self, argument >> 2));
                if ((argument & 1) != 0)
                    _state.Push(new Symbol(SymbolKind.Null));
                break;
            case Operation.StoreAttribute:
                var owner = AttributeOf(_state.Pop(), argument);
                var stored = _state.Pop();
                if (owner.Kind == SymbolKind.Path)
                    Bind(stored, owner.Index);
                break;
            case Operation.LoadItem:
                var key = _state.Pop();
                _state.Push(Subscript(_state.Pop(), key));
                break;
            case Operation.StoreItem:
                var storedKey = _state.Pop();
                var container = _state.Pop();
                StoreItem(container, storedKey, _state.Pop());
                break;
            case Operation.DeleteItem:
                var deletedKey = _state.Pop();
                DeleteItem(_state.Pop(), deletedKey);
                break;
            case Operation.LoadSlice:
                _state.Pop(2);
                _state.Push(Subscript(_state.Pop(), new Symbol(SymbolKind.Slice)));
                break;
            case Operation.StoreSlice:
                _state.Pop(2);
                var sliced = _state.Pop();
                StoreItem(sliced, new Symbol(SymbolKind.Slice), _state.Pop());
                break;
            case Operation.BinaryOperation or Operation.Grow or Operation.GrowInPlace or Operation.ShrinkInPlace:
                var right = _state.Pop();
                var operation = instruction.Operation == Operation.BinaryOperation ? BinaryOperations.Of(argument) : instruction.Operation;
                _state.Push(Combine(operation, _state.Pop(), right));
                break;
            case Operation.BuildCollection:
                _state.Pop(argument);
                _state.Push(new Symbol(SymbolKind.New));
                break;
            case Operation.BuildMap:
                _state.Pop(Math.Min(argument, int.MaxValue / 2) * 2);
                _state.Push(new Symbol(SymbolKind.New));
                break;
            case Operation.BuildKeyedMap:
                _state.Pop();
                _state.Pop(argument);
                _state.Push(new Symbol(SymbolKind.New));
                break;
            case Operation.BuildUnpacked:
                _state.Push(Unpacked(argument));
                break;
            case Operation.BuildSlice:
                _state.Pop(argument == 3 ? 3 : 2);
                _state.Push(new Symbol(SymbolKind.Slice));
                break;
            case Operation.FormatValue:
                _state.Pop((argument & 4) != 0 ? 2 : 1);
                _state.Push(Symbol.Unknown);
                break;
            case Operation.BuildInterpolation:
                _state.Pop((argument & 1) != 0 ? 3 : 2);
                _state.Push(Symbol.Unknown);
                break;
            case Operation.Extend:
                var added = _state.Pop();
                if (added.Kind is SymbolKind.Path or SymbolKind.Contents && _state.Peek(argument).Kind == SymbolKind.New)
                    _state.Poke(argument, new Symbol(SymbolKind.Grown, added.Index));
                break;
            case Operation.MakeFunction:
                _state.Pop(instruction.Facts.Pops - 1);
                var code = _state.Pop();
                _state.Pop(BitOperations.PopCount((uint)argument & 15));
                _state.Push(new Symbol(SymbolKind.Function, code.Index));
                break;
            case Operation.Call:
                _state.Pop(instruction.Facts.Pops);
                Call(argument);
                break;
            case Operation.CallFunction:
                _state.Pop(instruction.Facts.Pops);
                CallFunction(argument);
                break;
            case Operation.CallWithCollections:
                CallWithCollections((argument & 1) != 0 ? 2 : 1, instruction.Facts.Pops);
                break;
            case Operation.CallWithBothCollections:
                CallWithCollections(2, instruction.Facts.Pops);
                break;
            case Operation.GetIterator:
                var iterable = _state.Pop();
                _state.Push(iterable.Kind == SymbolKind.Path ? new Symbol(SymbolKind.Contents, iterable.Index) : iterable);
                for (var i = 1; i < instruction.Facts.Pushes; i++)
                    _state.Push(Symbol.Unknown);
                break;
            case Operation.UnpackSequence:
                Unpack(argument);
                break;
            case Operation.UnpackWithRest:
                Unpack((argument & 255) + 1 + (argument >> 8));
                break;
            case Operation.RaiseWithArguments:
                _state.Pop(argument);
                break;
            case Operation.PopJump:
                _state.Pop(Math.Max(1, (int)instruction.Facts.Pops));
                break;
            case Operation.Leave:
                _state.Pop();
                break;
            default:
                break;
        }
    }

    private static int First(int pair) => pair >> 4;

    private static int Second(int pair) => pair & 15;

    /// <summary>The argument may be anything in corrupt code.</summary>
    private int CellAt(int index) => (int)Math.Min((long)index + _body.FirstCell, int.MaxValue);

    private int Named(PathOrigin origin, IReadOnlyList<string?> names, int index)
    {
        if ((uint)index >= (uint)names.Count || names[index] is not { } name)
            return PathTable.Unknown;
        return paths.Root(origin, name);
    }

    private void PushNamed(PathOrigin origin, IReadOnlyList<string?> names, int index)
    {
        var path = Named(origin, names, index);
        _state.Push(path == PathTable.Unknown ? Symbol.Unknown : new Symbol(SymbolKind.Path, path));
    }

    /// <summary>What the local stands for, where that has a name of its own; else the local's name.</summary>
    private Symbol LoadLocal(int index)
    {
        var value = _state.Local(index);
        if (value.HasPath)
            return value;
        var path = index < _body.Locals.Count ? Named(_body.OriginOfLocal(index), _body.Locals, index) : PathTable.Unknown;
        return path == PathTable.Unknown ? Symbol.Unknown : new Symbol(SymbolKind.Path, path);
    }

    private void StoreLocal(int index, Symbol value)
    {
        if (value.Kind == SymbolKind.Mutated)
        {
            Emit(CodeAction.Add, value.Index, "+=");
            value = new Symbol(SymbolKind.Path, value.Index);
        }

        _state.SetLocal(index, value);
        if (index < _storeCounts.Length && _storeCounts[index] == 1)
            _onlyStore[index] = value;
    }

    private Symbol AttributeOf(Symbol owner, int name)
    {
        if ((uint)name >= (uint)_body.Names.Count || _body.Names[name] is not { } text || owner.Kind == SymbolKind.Constant)
            return Symbol.Unknown;
        var path = paths.Attribute(owner.Kind == SymbolKind.Path ? owner.Index : PathTable.Unknown, text);
        return path == PathTable.Unknown ? Symbol.Unknown : new Symbol(SymbolKind.Path, path);
    }

    private Symbol ItemOf(Symbol container)
    {
        if (!container.HasPath)
            return Symbol.Unknown;
        var path = paths.ItemOf(container.Index);
        return path == PathTable.Unknown ? Symbol.Unknown : new Symbol(SymbolKind.Path, path);
    }

    private Symbol Subscript(Symbol container, Symbol key)
    {
        if (container.HasPath && IsSlice(key))
            return new Symbol(SymbolKind.Part, container.Index);
        return ItemOf(container);
    }

    /// <summary>[*items, more] to 3.8: one of the collections is what is more than it was.</summary>
    private Symbol Unpacked(int count)
    {
        var made = new Symbol(SymbolKind.New);
        for (var down = Math.Min(count, MostArguments); down > 0; down--)
        {
            if (_state.Peek(down) is { Kind: SymbolKind.Path or SymbolKind.Contents } part)
                made = new Symbol(SymbolKind.Grown, part.Index);
        }

        _state.Pop(count);
        return made;
    }

    /// <summary>A pair taken out of a container is still of the container: its parts are its items.</summary>
    private void Unpack(int count)
    {
        var value = _state.Pop();
        var part = value.Kind == SymbolKind.Path && paths.NameOf(value.Index) == PathTable.ItemName ? value : ItemOf(value);
        for (var i = 0; i < Math.Min(count, 64); i++)
            _state.Push(part);
    }
}
