namespace LeakySpanner.Scanning.Syntax;

/// <summary>The children of a node, for foreach.</summary>
public readonly ref struct ChildNodes(Node parent)
{
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var _ in this)
                count++;
            return count;
        }
    }

    /// <summary>The child with this number, or none.</summary>
    public Node At(int number)
    {
        foreach (var child in this)
        {
            if (number-- == 0)
                return child;
        }

        return default;
    }

    public Enumerator GetEnumerator() => new(parent);

    public ref struct Enumerator(Node parent)
    {
        private int _next = parent.Index + 1;

        public Node Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < parent.Behind)
            {
                Current = new Node(parent.Tree, _next);
                _next = Current.Behind;
                if (Current.Kind is not (NodeKind.Comment or NodeKind.LineContinuation))
                    return true;
            }

            return false;
        }
    }
}
