namespace LeakySpanner.Model.Heap;

/// <summary>The index of an object in the columns of one <see cref="HeapGraph"/>; meaningless in another.</summary>
public readonly record struct NodeId(int Value)
{
    /// <summary>An absent target: a field that is empty, or that points at nothing that could be verified.</summary>
    public static readonly NodeId None = new(-1);

    public bool IsNone => Value < 0;
}

/// <summary>The index of a type in the type table of one <see cref="HeapGraph"/> or <see cref="Usage.HeapCensus"/>.</summary>
public readonly record struct TypeId(int Value);
