using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Model.Heap;

/// <summary>Reads the sections of a snapshot file and believes none: every number is checked against what it refers to.</summary>
internal static class SnapshotReader
{
    /// <summary>Elements for which room is made before any of them was read.</summary>
    private const int FirstRoom = 1 << 16;

    public static HeapSnapshot Read(Stream stream)
    {
        Span<byte> magic = stackalloc byte[SnapshotFile.Magic.Length];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual(SnapshotFile.Magic))
            throw new SnapshotFileException("this is not a LeakySpanner snapshot");
        var version = Number(stream);
        if (version != SnapshotFile.Version)
            throw new SnapshotFileException($"the snapshot has version {version}; this program reads version {SnapshotFile.Version}. Take a new one.");

        var builder = new HeapGraphBuilder();
        var session = Table(stream, SnapshotSection.Session, SessionPart.Read);
        builder.Coverage = session.Coverage;
        Table(stream, SnapshotSection.Types, reader => Each(reader, () => builder.AddType(reader.Type())));
        var addresses = Column<ulong>(stream, SnapshotSection.Addresses, session.Nodes);
        var types = Column<int>(stream, SnapshotSection.TypeIds, session.Nodes);
        var sizes = Column<uint>(stream, SnapshotSection.Sizes, session.Nodes);
        var large = new Dictionary<int, long>();
        Table(stream, SnapshotSection.LargeSizes, reader => Each(reader, () => large[reader.Node(session.Nodes)] = reader.Size()));
        var starts = Column<int>(stream, SnapshotSection.EdgeStarts, session.Nodes + 1L);
        var edges = Column<int>(stream, SnapshotSection.Edges, session.Edges);
        if (starts[0] != 0)
            throw new InvalidDataException("edges do not start at the first");
        builder.Adopt(addresses, types, sizes, starts, edges);
        SetLargeSizes(builder, sizes, large);

        Table(stream, SnapshotSection.Roots, reader => Each(reader, () =>
            builder.AddRoot(reader.Choice<RootKind>(RootKind.NativeHeap), reader.Text(), new NodeId(reader.Node(session.Nodes)))));
        Table(stream, SnapshotSection.Names, reader => Each(reader, () => builder.SetName(new NodeId(reader.Node(session.Nodes)), reader.Text())));
        Table(stream, SnapshotSection.Bounds, reader => Each(reader, () => builder.SetBound(new NodeId(reader.Node(session.Nodes)), reader.Int64())));
        Table(stream, SnapshotSection.Codes, reader => Each(reader, () => builder.AddCode(reader.Code(session.Nodes))));
        Table(stream, SnapshotSection.Routes, reader => Each(reader, () => builder.AddRoute(reader.Route(session.Nodes))));
        Expect(stream, SnapshotSection.End);
        return new HeapSnapshot(session.At, session.Runtime, session.Command, builder.Build(), session.Usage, session.Arenas);
    }

    private static void SetLargeSizes(HeapGraphBuilder builder, uint[] sizes, Dictionary<int, long> large)
    {
        var marked = sizes.AsSpan().Count(uint.MaxValue);
        if (marked != large.Count)
            throw new InvalidDataException("large sizes are missing");
        foreach (var (node, size) in large)
        {
            if (sizes[node] != uint.MaxValue || size < uint.MaxValue)
                throw new InvalidDataException("a large size belongs to no large object");
            builder.SetSize(new NodeId(node), size);
        }
    }

    private static T Table<T>(Stream stream, SnapshotSection section, Func<SnapshotFields, T> read)
    {
        Expect(stream, section);
        using var frames = new FrameReader(stream);
        using var buffered = new BufferedStream(frames, 1 << 14);
        var result = read(new SnapshotFields(buffered));
        if (buffered.ReadByte() >= 0)
            throw new InvalidDataException("a section is longer than it should be");
        return result;
    }

    private static void Table(Stream stream, SnapshotSection section, Action<SnapshotFields> read) =>
        Table(stream, section, fields =>
        {
            read(fields);
            return true;
        });

    private static void Each(SnapshotFields reader, Action read)
    {
        for (var left = reader.Count(); left > 0; left--)
            read();
    }

    /// <summary>Memory for a column grows with what was read, whatever its length is said to be.</summary>
    private static T[] Column<T>(Stream stream, SnapshotSection section, long length)
        where T : unmanaged
    {
        Expect(stream, section);
        if (length < 0 || length > Array.MaxLength)
            throw new InvalidDataException("a column has an impossible length");
        using var frames = new FrameReader(stream);
        var values = new T[Math.Min(length, FirstRoom)];
        var read = 0;
        while (true)
        {
            frames.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(read)));
            read = values.Length;
            if (read == length)
                break;
            Array.Resize(ref values, (int)Math.Min(length, read * 2L));
        }

        frames.ExpectEnd();
        return values;
    }

    private static void Expect(Stream stream, SnapshotSection section)
    {
        var found = Number(stream);
        if (found != (int)section)
            throw new InvalidDataException($"section {(int)section} was expected, {found} found");
    }

    private static int Number(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private sealed record SessionPart(
        TimeSpan At, string Runtime, string Command, HeapUsage Usage, ImmutableArray<AddressRange> Arenas, Coverage Coverage, int Nodes, int Edges)
    {
        public static SessionPart Read(SnapshotFields reader)
        {
            var at = new TimeSpan(reader.Int64());
            var (runtime, command) = (reader.Text(), reader.Text());
            var usage = new HeapUsage(reader.Int64(), reader.Int64(), reader.Int64());
            var arenas = ImmutableArray.CreateBuilder<AddressRange>();
            Each(reader, () => arenas.Add(new AddressRange(new Address(reader.UInt64()), new Address(reader.UInt64()))));
            var seen = reader.Int64();
            var paused = reader.Double();
            var faults = ImmutableSortedDictionary.CreateBuilder<string, long>();
            Each(reader, () => faults[reader.Text()] = reader.Int64());
            return new SessionPart(at, runtime, command, usage, arenas.ToImmutable(), new Coverage(seen, faults.ToImmutable(), paused), reader.Count(), reader.Count());
        }
    }
}
