namespace LeakySpanner.CPython.Code;

/// <summary>
/// Values on the stack and in fast locals. Below what is known the stack goes on without end, unknown, so that an
/// exception handler, whose depth is not decoded, cannot underflow. Bounded: deep values are forgotten, not kept.
/// </summary>
internal sealed class MachineState
{
    public const int MostLocals = 256;
    private const int DeepestStack = 96;

    private readonly Symbol[] _stack = new Symbol[DeepestStack];
    private readonly Symbol[] _locals = new Symbol[MostLocals];
    private int _localCount;

    public int Depth { get; private set; }

    public void Reset(int locals)
    {
        Depth = 0;
        _localCount = Math.Min(locals, MostLocals);
        _locals.AsSpan(0, _localCount).Clear();
    }

    public void ForgetStack() => Depth = 0;

    public void CopyFrom(MachineState other)
    {
        Depth = other.Depth;
        _localCount = other._localCount;
        other._stack.AsSpan(0, Depth).CopyTo(_stack);
        other._locals.AsSpan(0, _localCount).CopyTo(_locals);
    }

    /// <summary>
    /// Keeps what both agree on. Stacks are compared from the top; what only the deeper one knows stays, because both
    /// are the same stack and only a handler's start made the other one forget.
    /// </summary>
    public void Merge(MachineState other)
    {
        for (var i = 0; i < _localCount; i++)
        {
            _locals[i] = Join(_locals[i], other._locals[i]);
        }

        if (other.Depth > Depth)
        {
            var more = other.Depth - Depth;
            _stack.AsSpan(0, Depth).CopyTo(_stack.AsSpan(more));
            other._stack.AsSpan(0, more).CopyTo(_stack);
            Depth = other.Depth;
        }

        for (var down = 1; down <= other.Depth; down++)
        {
            _stack[Depth - down] = Join(_stack[Depth - down], other._stack[other.Depth - down]);
        }
    }

    public void Push(Symbol value)
    {
        if (Depth == DeepestStack)
        {
            _stack.AsSpan(1).CopyTo(_stack);
            Depth--;
        }

        _stack[Depth++] = value;
    }

    public Symbol Pop() => Depth == 0 ? Symbol.Unknown : _stack[--Depth];

    public void Pop(int count) => Depth -= Math.Min(count, Depth);

    /// <summary>1 is the top.</summary>
    public Symbol Peek(int down) => down >= 1 && down <= Depth ? _stack[Depth - down] : Symbol.Unknown;

    public void Poke(int down, Symbol value)
    {
        if (down >= 1 && down <= Depth)
            _stack[Depth - down] = value;
    }

    public void Swap(int down)
    {
        if (down < 1 || down > DeepestStack)
            return;
        while (Depth < down)
            InsertUnknownBelow();
        (_stack[Depth - 1], _stack[Depth - down]) = (_stack[Depth - down], _stack[Depth - 1]);
    }

    /// <summary>The topmost value goes below the others of the topmost so many.</summary>
    public void Rotate(int count)
    {
        for (var down = Math.Min(count, DeepestStack); down >= 2; down--)
            Swap(down);
    }

    public Symbol Local(int index) => index < _localCount ? _locals[index] : Symbol.Unknown;

    public void SetLocal(int index, Symbol value)
    {
        if (index < _localCount)
            _locals[index] = value;
    }

    /// <summary>"held or []" is still what is held: a default beside a path does not make the path unknown.</summary>
    private static Symbol Join(Symbol left, Symbol right)
    {
        if (left == right)
            return left;
        if (left.Kind == SymbolKind.Path && right.IsDefault)
            return left;
        return right.Kind == SymbolKind.Path && left.IsDefault ? right : Symbol.Unknown;
    }

    private void InsertUnknownBelow()
    {
        _stack.AsSpan(0, Depth).CopyTo(_stack.AsSpan(1));
        _stack[0] = Symbol.Unknown;
        Depth++;
    }
}
