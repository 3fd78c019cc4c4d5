using System.Runtime.InteropServices;

namespace LeakySpanner.Scanning.Syntax;

/// <summary>Turns Python source into trees. One at a time: every thread has its own.</summary>
public sealed unsafe class PythonParser : IDisposable
{
    /// <summary>Longer files are data that someone has written as Python; what they cost is not worth what they tell.</summary>
    public const int LongestFile = 8 << 20;

    private const int GaveUp = 2;
    private static readonly Lazy<GrammarTable> Grammar = new(() => new GrammarTable());
    private IntPtr _parser = NativeParser.New();

    /// <summary>Null where it is too long, or so broken that the parser gave up on it.</summary>
    /// <param name="text">UTF-8. Kept by the tree.</param>
    /// <exception cref="ParserException">The parser is not there, or there is no memory.</exception>
    public SyntaxTree? Parse(byte[] text)
    {
        ObjectDisposedException.ThrowIf(_parser == IntPtr.Zero, this);
        if (text.Length > LongestFile)
            return null;
        NativeNode* nodes;
        uint count;
        fixed (byte* first = text)
        {
            byte nothing = 0;
            var result = NativeParser.Parse(_parser, first is null ? &nothing : first, (uint)text.Length, &nodes, &count);
            if (result == GaveUp)
                return null;
            if (result != 0)
                throw new ParserException("there is no memory left to parse with: scan fewer files at once");
        }

        return new SyntaxTree(text, Grammar.Value.Translate(new ReadOnlySpan<NativeNode>(nodes, (int)count)));
    }

    public void Dispose()
    {
        NativeParser.Delete(_parser);
        _parser = IntPtr.Zero;
    }

    /// <summary>Numbers of the grammar to our kinds and fields.</summary>
    private sealed class GrammarTable
    {
        private readonly NodeKind[] _kinds;
        private readonly Field[] _fields;

        public GrammarTable()
        {
            var kinds = Enum.GetValues<NodeKind>().ToDictionary(kind => Snake(kind.ToString()));
            var fields = Enum.GetValues<Field>().ToDictionary(field => Snake(field.ToString()));
            _kinds = new NodeKind[NativeParser.SymbolCount()];
            for (var i = 0u; i < _kinds.Length; i++)
            {
                var name = Marshal.PtrToStringUTF8((IntPtr)NativeParser.SymbolName(i))!;
                _kinds[i] = NativeParser.SymbolIsNamed(i) != 0
                    ? kinds.GetValueOrDefault(name == "none" ? "none_literal" : name, NodeKind.Other)
                    : name == "async" ? NodeKind.Async : NodeKind.Token;
            }

            _fields = new Field[NativeParser.FieldCount() + 1];
            for (var i = 1u; i < _fields.Length; i++)
                _fields[i] = fields.GetValueOrDefault(Marshal.PtrToStringUTF8((IntPtr)NativeParser.FieldName(i))!);
        }

        public SyntaxNode[] Translate(ReadOnlySpan<NativeNode> native)
        {
            var nodes = new SyntaxNode[native.Length];
            for (var i = 0; i < nodes.Length; i++)
            {
                var node = native[i];
                var kind = node.Symbol == ushort.MaxValue ? NodeKind.Error : _kinds[node.Symbol];
                nodes[i] = new SyntaxNode(kind, _fields[node.Field], node.Flags, (int)node.Start, (int)node.End, (int)node.Size, node.Parent);
            }

            return nodes;
        }

        private static string Snake(string name) =>
            string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
    }
}
