using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LeakySpanner.Model.Heap;

/// <summary>Writes the sections of a snapshot file; nothing of a column is held but one frame.</summary>
internal static class SnapshotWriter
{
    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        var graph = snapshot.Graph;
        stream.Write(SnapshotFile.Magic);
        Number(stream, SnapshotFile.Version);
        Table(stream, SnapshotSection.Session, writer => Session(writer, snapshot));
        Table(stream, SnapshotSection.Types, writer => Types(writer, graph));
        Column(stream, SnapshotSection.Addresses, graph.Addresses);
        Column(stream, SnapshotSection.TypeIds, graph.Types);
        Sizes(stream, graph);
        Column(stream, SnapshotSection.EdgeStarts, graph.EdgeStarts);
        Column(stream, SnapshotSection.Edges, graph.Edges);
        Table(stream, SnapshotSection.Roots, writer => Roots(writer, graph));
        Table(stream, SnapshotSection.Names, writer => Names(writer, graph));
        Table(stream, SnapshotSection.Bounds, writer => Pairs(writer, graph.Bounds.OrderBy(pair => pair.Key)));
        Table(stream, SnapshotSection.Codes, writer => Codes(writer, graph));
        Table(stream, SnapshotSection.Routes, writer => Routes(writer, graph));
        Number(stream, (int)SnapshotSection.End);
    }

    private static void Session(BinaryWriter writer, HeapSnapshot snapshot)
    {
        writer.Write(snapshot.At.Ticks);
        writer.Write(snapshot.Runtime);
        writer.Write(snapshot.Command);
        writer.Write(snapshot.Usage.ArenaLiveBytes);
        writer.Write(snapshot.Usage.ArenaFreeBytes);
        writer.Write(snapshot.Usage.LargeBytes);
        writer.Write(snapshot.Arenas.Length);
        foreach (var arena in snapshot.Arenas)
        {
            writer.Write(arena.Start.Value);
            writer.Write(arena.End.Value);
        }

        var coverage = snapshot.Graph.Coverage;
        writer.Write(coverage.ObjectsSeen);
        writer.Write(coverage.PausedMilliseconds);
        writer.Write(coverage.Faults.Count);
        foreach (var (reason, count) in coverage.Faults)
        {
            writer.Write(reason);
            writer.Write(count);
        }

        writer.Write(snapshot.Graph.NodeCount);
        writer.Write(snapshot.Graph.EdgeCount);
    }

    private static void Types(BinaryWriter writer, HeapGraph graph)
    {
        writer.Write(graph.TypeTable.Length);
        foreach (var type in graph.TypeTable)
        {
            writer.Write(type.Name);
            writer.Write((byte)type.Kind);
            writer.Write((byte)type.Tail);
            writer.Write(type.Conservative);
            writer.Write(type.Address.Value);
            Texts(writer, type.Fields);
        }
    }

    private static void Sizes(Stream stream, HeapGraph graph)
    {
        var large = new List<KeyValuePair<int, long>>();
        using (var section = Begin(stream, SnapshotSection.Sizes))
        {
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            for (var node = 0; node < graph.NodeCount; node++)
            {
                var size = graph.SizeOf(new NodeId(node));
                if (size >= uint.MaxValue)
                    large.Add(new(node, size));
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Math.Min(size, uint.MaxValue));
                section.Write(bytes);
            }
        }

        Table(stream, SnapshotSection.LargeSizes, writer => Pairs(writer, large));
    }

    private static void Roots(BinaryWriter writer, HeapGraph graph)
    {
        writer.Write(graph.Roots.Length);
        foreach (var root in graph.Roots)
        {
            writer.Write((byte)root.Kind);
            writer.Write(root.Name);
            writer.Write(root.Node.Value);
        }
    }

    private static void Names(BinaryWriter writer, HeapGraph graph)
    {
        writer.Write(graph.Names.Count);
        foreach (var (node, text) in graph.Names.OrderBy(pair => pair.Key))
        {
            writer.Write(node);
            writer.Write(text);
        }
    }

    private static void Pairs(BinaryWriter writer, IEnumerable<KeyValuePair<int, long>> pairs)
    {
        var all = pairs.ToList();
        writer.Write(all.Count);
        foreach (var (node, value) in all)
        {
            writer.Write(node);
            writer.Write(value);
        }
    }

    private static void Codes(BinaryWriter writer, HeapGraph graph)
    {
        writer.Write(graph.Codes.Length);
        foreach (var code in graph.Codes)
        {
            writer.Write(code.Node.Value);
            writer.Write(code.Name);
            writer.Write(code.File);
            writer.Write(code.FirstLine);
            Texts(writer, code.Parameters);
            writer.Write(code.Uses.Length);
            foreach (var use in code.Uses)
            {
                writer.Write(use.Line);
                writer.Write((byte)use.Action);
                writer.Write((byte)use.Path.Origin);
                writer.Write(use.Path.Name);
                Texts(writer, use.Path.Attributes);
                writer.Write(use.Method);
            }
        }
    }

    private static void Routes(BinaryWriter writer, HeapGraph graph)
    {
        writer.Write(graph.Routes.Length);
        foreach (var route in graph.Routes)
        {
            writer.Write(route.Method);
            writer.Write(route.Template);
            writer.Write(route.Endpoint.Value);
            writer.Write(route.Dependencies.Length);
            foreach (var dependency in route.Dependencies)
                writer.Write(dependency.Value);
        }
    }

    private static void Texts(BinaryWriter writer, IReadOnlyCollection<string> texts)
    {
        writer.Write(texts.Count);
        foreach (var text in texts)
            writer.Write(text);
    }

    private static void Table(Stream stream, SnapshotSection section, Action<BinaryWriter> write)
    {
        using var frames = Begin(stream, section);
        using var writer = new BinaryWriter(frames, Encoding.UTF8, leaveOpen: true);
        write(writer);
    }

    /// <summary>Little-endian, like every machine this runs on; a big-endian one would have to swap here.</summary>
    private static void Column<T>(Stream stream, SnapshotSection section, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using var frames = Begin(stream, section);
        const int slice = 1 << 16;
        for (; !values.IsEmpty; values = values[Math.Min(slice, values.Length)..])
            frames.Write(MemoryMarshal.AsBytes(values[..Math.Min(slice, values.Length)]));
    }

    private static FrameWriter Begin(Stream stream, SnapshotSection section)
    {
        Number(stream, (int)section);
        return new FrameWriter(stream);
    }

    private static void Number(Stream stream, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }
}
