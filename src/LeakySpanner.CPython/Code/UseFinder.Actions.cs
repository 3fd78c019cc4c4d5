using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>Which symbols an instruction changes, and what that means for the container behind them.</summary>
public sealed partial class UseFinder
{
    private const int MostArguments = 16;

    /// <summary>A name or attribute is bound: to less of itself, to more of itself, or to something else.</summary>
    private void Bind(Symbol value, int path)
    {
        var isSame = value.HasPath && value.Index == path;
        switch (value.Kind)
        {
            case SymbolKind.Part when isSame:
                Emit(CodeAction.Evict, path, "[:]");
                return;
            case SymbolKind.Grown or SymbolKind.Mutated when isSame:
                Emit(CodeAction.Add, path, "+=");
                return;
            case SymbolKind.Path when isSame:
                return;
            case SymbolKind.Mutated:
                Emit(CodeAction.Add, value.Index, "+=");
                break;
            case SymbolKind.Path:
                NameNewLocal(value, path);
                break;
            default:
                break;
        }

        Emit(CodeAction.Rebind, path, "=");
    }

    /// <summary>"items = []; self.items = items": from now on the local is another name of the attribute.</summary>
    private void NameNewLocal(Symbol value, int path)
    {
        if (paths.OriginOf(value.Index) != PathOrigin.Local || paths.DepthOf(value.Index) != 0 || path == PathTable.Unknown)
            return;
        var name = paths.NameOf(value.Index);
        for (var i = 0; i < _storeCounts.Length; i++)
        {
            if (_body.Locals[i] == name && _state.Local(i).Kind == SymbolKind.New)
                StoreLocal(i, new Symbol(SymbolKind.Path, path));
        }
    }

    private void StoreItem(Symbol container, Symbol key, Symbol value)
    {
        if (container.Kind != SymbolKind.Path)
            return;
        if (IsSlice(key))
        {
            var cuts = value.Kind == SymbolKind.Part && value.Index == container.Index;
            Emit(cuts ? CodeAction.Evict : CodeAction.Rebind, container.Index, "[:]=");
            return;
        }

        Emit(CodeAction.Add, container.Index, "[]=");
        if (value.Kind is SymbolKind.Mutated || (value.Kind == SymbolKind.Grown && value.Index == paths.ItemOf(container.Index)))
            Emit(CodeAction.Add, value.Index, "+=");
        else if (value.Kind == SymbolKind.Path)
            NameNewLocal(value, paths.ItemOf(container.Index));
    }

    private void DeleteItem(Symbol container, Symbol key)
    {
        if (container.Kind != SymbolKind.Path)
            return;
        var chosen = IsSlice(key) || IsTakenFrom(key, container.Index) || SmallConstant(key) is 0 or -1;
        Emit(chosen ? CodeAction.Evict : CodeAction.Remove, container.Index, "del []");
    }

    /// <summary>A key that was got from the container itself chooses what is old, not what the caller is done with.</summary>
    private bool IsTakenFrom(Symbol key, int container) =>
        key.Kind switch
        {
            SymbolKind.Contents or SymbolKind.Part => key.Index == container,
            SymbolKind.Path => key.Index != container && paths.IsWithin(key.Index, container) && PassesItem(key.Index, container),
            _ => false,
        };

    private bool PassesItem(int path, int container)
    {
        for (var at = path; at != container; at = paths.ParentOf(at))
        {
            if (paths.ParentOf(at) == container)
                return paths.NameOf(at) == PathTable.ItemName;
        }

        return false;
    }

    private int? SmallConstant(Symbol symbol) => symbol.IsListedConstant ? _body.SmallConstant(symbol.Index) : symbol.Number;

    private bool IsSlice(Symbol symbol) => symbol.Kind == SymbolKind.Slice || (symbol.IsListedConstant && _body.IsSlice(symbol.Index));

    private Symbol Combine(Operation operation, Symbol left, Symbol right)
    {
        if (operation == Operation.LoadItem)
            return Subscript(left, right);
        if (left.Kind != SymbolKind.Path || right.Kind == SymbolKind.Constant)
            return Symbol.Unknown;
        return operation switch
        {
            Operation.GrowInPlace => new Symbol(SymbolKind.Mutated, left.Index),
            Operation.Grow when right.Kind is SymbolKind.New or SymbolKind.Path => new Symbol(SymbolKind.Grown, left.Index),
            Operation.ShrinkInPlace => new Symbol(SymbolKind.Part, left.Index),
            _ => Symbol.Unknown,
        };
    }

    /// <summary>To 3.10, a plain call: nothing stands beside the callable.</summary>
    private void CallFunction(int count)
    {
        Span<Symbol> given = stackalloc Symbol[MostArguments];
        var kept = Math.Min(count, MostArguments);
        for (var i = 0; i < kept; i++)
            given[i] = _state.Peek(count - i);
        _state.Pop(count);
        _state.Push(Invoke(_state.Pop(), given[..kept]));
    }

    private void CallWithCollections(int collections, int nulls)
    {
        _state.Pop(collections);
        var callee = _state.Pop();
        if (nulls > 0)
        {
            // To 3.12 the null stands below the callable, then above it.
            var other = _state.Pop();
            callee = callee.Kind == SymbolKind.Null ? other : callee;
        }

        _state.Push(Invoke(callee, []));
    }

    private void Call(int count)
    {
        Span<Symbol> given = stackalloc Symbol[MostArguments + 1];
        var kept = Math.Min(count, MostArguments);
        for (var i = 0; i < kept; i++)
            given[i + 1] = _state.Peek(count - i);
        _state.Pop(count);
        var second = _state.Pop();
        var first = _state.Pop();
        var arguments = given.Slice(1, kept);
        var callee = first;
        if (first.Kind == SymbolKind.Null)
        {
            callee = second;
        }
        else if (second.Kind != SymbolKind.Null)
        {
            given[0] = second;
            arguments = given[..(kept + 1)];
        }

        _state.Push(Invoke(callee, arguments));
    }

    private Symbol Invoke(Symbol callee, ReadOnlySpan<Symbol> arguments)
    {
        foreach (var argument in arguments)
            NotePassed(argument);
        if (callee.Kind == SymbolKind.Function)
            return arguments.Length > 0 && arguments[0].HasPath ? new Symbol(SymbolKind.Part, arguments[0].Index) : Symbol.Unknown;
        if (callee.Kind != SymbolKind.Path)
            return Symbol.Unknown;

        var name = paths.NameOf(callee.Index);
        var receiver = paths.ParentOf(callee.Index);
        if (receiver >= 0 && InvokeMethod(receiver, name, arguments) is { } result)
            return result;
        return InvokeFunction(callee.Index, receiver, name, arguments);
    }

    /// <summary>Null where the name is none of a container's.</summary>
    private Symbol? InvokeMethod(int receiver, string name, ReadOnlySpan<Symbol> arguments)
    {
        var action = name switch
        {
            "pop" => arguments.Length == 0 || SmallConstant(arguments[0]) is 0 or -1 || IsTakenFrom(arguments[0], receiver) ? CodeAction.Evict : CodeAction.Remove,
            "get" when arguments.Length == 0 => CodeAction.Evict,
            _ => ContainerMethods.ActionOf(name),
        };
        if (action == CodeAction.Remove && arguments.Length > 0 && IsTakenFrom(arguments[0], receiver))
            action = CodeAction.Evict;
        if (action is { } done)
            Emit(done, receiver, name);
        else if (ContainerMethods.Fetches(name) || ContainerMethods.Views(name))
            Emit(CodeAction.Call, paths.Attribute(receiver, name), ""); // "pages.get(slug)" may be anybody's method
        if (ContainerMethods.Fetches(name))
            return ItemOf(new Symbol(SymbolKind.Path, receiver));
        if (ContainerMethods.Views(name))
            return new Symbol(SymbolKind.Contents, receiver);
        return action is null ? null : Symbol.Unknown;
    }

    private Symbol InvokeFunction(int callee, int receiver, string name, ReadOnlySpan<Symbol> arguments)
    {
        var origin = paths.OriginOf(callee);
        if (arguments.Length > 0 && arguments[0].Kind == SymbolKind.Path && ContainerMethods.ActionOnFirstArgument(name) is { } action)
        {
            Emit(action, arguments[0].Index, name);
            return Symbol.Unknown;
        }

        if (origin == PathOrigin.Global && receiver < 0 && name == "super" && _body.Locals.Count > 0 && arguments.Length is 0 or 2)
            return arguments.Length == 0 ? LoadLocal(0) : arguments[1];
        if (origin != PathOrigin.Local || receiver >= 0)
            Emit(CodeAction.Call, callee, "");
        if (arguments.Length == 0)
            return ContainerMethods.Copies(name) ? new Symbol(SymbolKind.New) : Symbol.Unknown;
        var last = FirstWithPath(arguments);
        if (!last.HasPath)
            return Symbol.Unknown;
        if (ContainerMethods.Cuts(name))
            return new Symbol(SymbolKind.Part, last.Index);
        if (!ContainerMethods.Copies(name))
            return Symbol.Unknown;
        return last.Kind == SymbolKind.Path ? new Symbol(SymbolKind.Contents, last.Index) : last;
    }

    private static Symbol FirstWithPath(ReadOnlySpan<Symbol> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.HasPath)
                return argument;
        }

        return Symbol.Unknown;
    }

    /// <summary>
    /// A function handed on may be run by whoever gets it; a bound method of a container ("tasks.discard" as a
    /// callback) does what it does.
    /// </summary>
    private void NotePassed(Symbol argument)
    {
        if (argument.Kind != SymbolKind.Path)
            return;
        var path = argument.Index;
        if (paths.OriginOf(path) == PathOrigin.Local && paths.DepthOf(path) == 0)
            return;
        var receiver = paths.ParentOf(path);
        var name = paths.NameOf(path);
        var action = name == "pop" ? CodeAction.Remove : ContainerMethods.ActionOf(name);
        if (receiver >= 0 && action is { } done)
            Emit(done, receiver, name);
        Emit(CodeAction.Call, path, "argument");
    }
}
