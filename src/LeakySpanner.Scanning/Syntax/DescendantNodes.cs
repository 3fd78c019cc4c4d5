namespace LeakySpanner.Scanning.Syntax;

/// <summary>A node and everything inside it, in the order of the text, for foreach.</summary>
public readonly ref struct DescendantNodes(Node root)
{
    public Enumerator GetEnumerator() => new(root);

    public ref struct Enumerator(Node root)
    {
        private readonly int _behind = root.Behind;
        private int _next = root.Index;

        public Node Current { get; private set; }

        public bool MoveNext()
        {
            if (_next >= _behind)
                return false;
            Current = new Node(root.Tree, _next++);
            return true;
        }

        /// <summary>What is inside the current node is not visited.</summary>
        public void SkipInside() => _next = Current.Behind;
    }
}
