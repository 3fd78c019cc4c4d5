using System.Text;

namespace LeakySpanner.Scanning.Syntax;

/// <summary>A place in a tree. The default value is no node: it has no kind, no text and no children, so that questions can be chained.</summary>
public readonly record struct Node
{
    private readonly SyntaxTree? _tree;

    internal Node(SyntaxTree tree, int index) => (_tree, Index) = (tree, index);

    /// <summary>Its number in the tree; nodes of its subtree follow it.</summary>
    public int Index { get; }

    public bool Exists => _tree is not null;

    public SyntaxTree Tree => _tree ?? throw new InvalidOperationException("no node");

    public NodeKind Kind => _tree is null ? NodeKind.None : _tree[Index].Kind;

    public Field Field => _tree is null ? Field.None : _tree[Index].Field;

    /// <summary>The first byte of its text.</summary>
    public int Start => _tree is null ? 0 : _tree[Index].Start;

    /// <summary>The byte behind its text.</summary>
    public int End => _tree is null ? 0 : _tree[Index].End;

    /// <summary>The number of the first node behind its subtree.</summary>
    public int Behind => _tree is null ? 0 : Index + _tree[Index].Size;

    public Node Parent => _tree is null || _tree[Index].Parent < 0 ? default : new Node(_tree, _tree[Index].Parent);

    /// <summary>Those that mean something: comments are left out.</summary>
    public ChildNodes Children => new(this);

    public ReadOnlySpan<byte> Utf8 => _tree is null ? default : _tree.Text.AsSpan(Start, End - Start);

    /// <summary>A new string each time; names come from <see cref="Name"/>.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8);

    /// <summary>Its text, one string for all nodes with the same.</summary>
    public string Name => NamePool.Of(Utf8);

    public bool Is(ReadOnlySpan<byte> text) => Utf8.SequenceEqual(text);

    /// <summary>The first child that plays this part, or none.</summary>
    public Node Child(Field field)
    {
        foreach (var child in Children)
        {
            if (child.Field == field)
                return child;
        }

        return default;
    }

    /// <summary>The first child of this kind, or none.</summary>
    public Node Child(NodeKind kind)
    {
        foreach (var child in Children)
        {
            if (child.Kind == kind)
                return child;
        }

        return default;
    }

    public Node FirstChild
    {
        get
        {
            foreach (var child in Children)
                return child;
            return default;
        }
    }

    /// <summary>Itself and everything inside.</summary>
    public DescendantNodes Subtree => new(this);

    public bool Contains(Node other) => _tree is not null && ReferenceEquals(_tree, other._tree) && other.Index >= Index && other.Index < Behind;

    /// <summary>The nearest node around it of this kind, or none.</summary>
    public Node Around(NodeKind kind)
    {
        var node = Parent;
        while (node.Exists && node.Kind != kind)
            node = node.Parent;
        return node;
    }

    /// <summary>Without the parentheses around an expression.</summary>
    public Node Bare
    {
        get
        {
            var node = this;
            while (node.Kind == NodeKind.ParenthesizedExpression)
                node = node.FirstChild;
            return node;
        }
    }
}
