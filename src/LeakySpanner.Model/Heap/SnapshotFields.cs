using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace LeakySpanner.Model.Heap;

/// <summary>Reads single values of a snapshot file and refuses what cannot be. A false count is met by the section's end.</summary>
internal sealed class SnapshotFields(Stream stream)
{
    private const int LongestText = 1 << 20;
    private byte[] _text = new byte[256];

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(sizeof(double)));

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(int length)
    {
        if (_text.Length < length)
            _text = new byte[length];
        stream.ReadExactly(_text, 0, length);
        return _text.AsSpan(0, length);
    }

    public int Count()
    {
        var count = Int32();
        return count >= 0 ? count : throw new InvalidDataException("a count is negative");
    }

    public long Size()
    {
        var size = Int64();
        return size >= 0 ? size : throw new InvalidDataException("a size is negative");
    }

    public string Text()
    {
        var length = 0;
        var shift = 0;
        byte part;
        do
        {
            part = Byte();
            length |= (part & 0x7f) << shift;
            shift += 7;
        }
        while (part >= 0x80 && shift < 28);
        if (part >= 0x80 || length > LongestText)
            throw new InvalidDataException("a text is too long");
        return Encoding.UTF8.GetString(Bytes(length));
    }

    public ImmutableArray<string> Texts()
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        for (var left = Count(); left > 0; left--)
            texts.Add(Text());
        return texts.ToImmutable();
    }

    /// <summary>A node that exists.</summary>
    public int Node(int nodes)
    {
        var node = Int32();
        return node >= 0 && node < nodes ? node : throw new InvalidDataException($"object {node} does not exist");
    }

    private NodeId NodeOrNone(int nodes)
    {
        var node = Int32();
        return node < nodes ? new NodeId(Math.Max(-1, node)) : throw new InvalidDataException($"object {node} does not exist");
    }

    public T Choice<T>(T last)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), Byte());
        return Comparer<T>.Default.Compare(value, last) <= 0 ? value : throw new InvalidDataException($"{value} is no {typeof(T).Name}");
    }

    public TypeInfo Type()
    {
        var name = Text();
        var kind = Choice(ObjectKind.WeakReference);
        var tail = Choice(EdgeTail.Unlabelled);
        var conservative = Byte() != 0;
        var address = new Address(UInt64());
        return new TypeInfo(name, kind, Texts(), tail, conservative, address);
    }

    public CodeInfo Code(int nodes)
    {
        var node = NodeOrNone(nodes);
        var (name, file, line) = (Text(), Text(), Int32());
        var parameters = Texts();
        var uses = ImmutableArray.CreateBuilder<CodeUse>();
        for (var left = Count(); left > 0; left--)
        {
            var at = Int32();
            var action = Choice(CodeAction.Call);
            var path = new AccessPath(Choice(PathOrigin.Unknown), Text(), Texts());
            uses.Add(new CodeUse(at, action, path, Text()));
        }

        return new CodeInfo(node, name, file, line, uses.ToImmutable()) { Parameters = parameters };
    }

    public RouteInfo Route(int nodes)
    {
        var (method, template, endpoint) = (Text(), Text(), NodeOrNone(nodes));
        var dependencies = ImmutableArray.CreateBuilder<NodeId>();
        for (var left = Count(); left > 0; left--)
            dependencies.Add(NodeOrNone(nodes));
        return new RouteInfo(method, template, endpoint, dependencies.ToImmutable());
    }
}
