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
            case Operation.LoadConstant:
                _state.Push(new Symbol(SymbolKind.Constant, argument));
                break;
            case Operation.LoadFast:
                _state.Push(LoadLocal(argument));
                break;
            case Operation.StoreFast:
                StoreLocal(argument, _state.Pop());
                break;
            case Operation.DeleteFast:
                _state.SetLocal(argument, Symbol.Unknown);
                break;
            case Operation.LoadName:
                PushNamed(PathOrigin.Global, _body.Names, argument);
                break;
            case Operation.LoadGlobal:
                if ((argument & 1) != 0)
                    _state.Push(new Symbol(SymbolKind.Null));
                PushNamed(PathOrigin.Global, _body.Names, argument >> 1);
                break;
            case Operation.LoadCell:
                PushNamed(PathOrigin.Cell, _body.Locals, argument);
                break;
            case Operation.StoreName or Operation.StoreGlobal:
                Bind(_state.Pop(), Named(PathOrigin.Global, _body.Names, argument));
                break;
            case Operation.StoreCell:
                Bind(_state.Pop(), Named(PathOrigin.Cell, _body.Locals, argument));
                break;
            case Operation.LoadAttribute:
                _state.Push(AttributeOf(_state.Pop(), argument));
                break;
            case Operation.LoadMethod:
                _state.Push(AttributeOf(_state.Pop(), argument));
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
            case Operation.BinaryOperation:
                var right = _state.Pop();
                _state.Push(Combine(argument, _state.Pop(), right));
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
            case Operation.BuildSlice:
                _state.Pop(argument == 3 ? 3 : 2);
                _state.Push(new Symbol(SymbolKind.Slice));
                break;
            case Operation.FormatValue:
                _state.Pop((argument & 4) != 0 ? 2 : 1);
                _state.Push(Symbol.Unknown);
                break;
            case Operation.Extend:
                var added = _state.Pop();
                if (added.Kind is SymbolKind.Path or SymbolKind.Contents && _state.Peek(argument).Kind == SymbolKind.New)
                    _state.Poke(argument, new Symbol(SymbolKind.Grown, added.Index));
                break;
            case Operation.MakeFunction:
                var code = _state.Pop();
                _state.Pop(BitOperations.PopCount((uint)argument & 15));
                _state.Push(new Symbol(SymbolKind.Function, code.Index));
                break;
            case Operation.Call:
                Call(argument);
                break;
            case Operation.CallWithCollections:
                _state.Pop((argument & 1) != 0 ? 2 : 1);
                var callee = _state.Pop();
                _state.Pop();
                _state.Push(Invoke(callee, []));
                break;
            case Operation.GetIterator:
                var iterable = _state.Pop();
                _state.Push(iterable.Kind == SymbolKind.Path ? new Symbol(SymbolKind.Contents, iterable.Index) : iterable);
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
            case Operation.PopJump or Operation.Leave:
                _state.Pop();
                break;
            default:
                break;
        }
    }

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
        if (key.Kind == SymbolKind.Slice && container.HasPath)
            return new Symbol(SymbolKind.Part, container.Index);
        return ItemOf(container);
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
