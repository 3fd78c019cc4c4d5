namespace LeakySpanner.Scanning.Syntax;

/// <summary>One file's tree: its nodes in the order of the text, parents before their children, in one array.</summary>
public sealed class SyntaxTree
{
    private readonly SyntaxNode[] _nodes;

    internal SyntaxTree(byte[] text, SyntaxNode[] nodes) => (Text, _nodes) = (text, nodes);

    /// <summary>UTF-8, as it was parsed.</summary>
    public byte[] Text { get; }

    public int Count => _nodes.Length;

    /// <summary>The module. None where the file is empty.</summary>
    public Node Root => _nodes.Length > 0 ? new Node(this, 0) : default;

    /// <summary>True where a part of the file could not be parsed; the rest was.</summary>
    public bool HasErrors => _nodes.Length > 0 && _nodes[0].HasErrors;

    /// <summary>What the file defines; set once, when it has been indexed.</summary>
    internal Symbols.Module? Module { get; set; }

    internal ref readonly SyntaxNode this[int index] => ref _nodes[index];
}

/// <summary>A node as the tree keeps it: 20 bytes.</summary>
internal readonly struct SyntaxNode(NodeKind kind, Field field, byte flags, int start, int end, int size, int parent)
{
    public readonly NodeKind Kind = kind;
    public readonly Field Field = field;
    private readonly byte _flags = flags;

    /// <summary>Bytes of the text, and nodes of the subtree with itself.</summary>
    public readonly int Start = start, End = end, Size = size, Parent = parent;

    public bool HasErrors => (_flags & 2) != 0;
}
