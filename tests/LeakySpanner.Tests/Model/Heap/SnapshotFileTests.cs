using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Tests.Analysis.Retention;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Model.Heap;

public sealed class SnapshotFileTests
{
    [Fact]
    public void What_is_written_is_read_again() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(RandomGraphs.Arbitrary, graph =>
        {
            var snapshot = new HeapSnapshot(
                TimeSpan.FromSeconds(17), "CPython 3.11.2", "python app.py --naïve", graph, new HeapUsage(1, 2, 3),
                [new AddressRange(new Address(4096), new Address(8192))]);

            ShouldBeSame(ReadBack(snapshot), snapshot);
        }));

    [Fact]
    public void Everything_that_a_graph_can_say_is_kept() => ShouldBeSame(ReadBack(Rich()), Rich());

    [Fact]
    public void Columns_of_several_frames_are_kept()
    {
        const int count = 700_000;
        var random = new Random(5);
        var builder = new HeapGraphBuilder();
        builder.AddType(new TypeInfo("int", ObjectKind.Number, []));
        var addresses = new ulong[count];
        for (var node = 0; node < count; node++)
            addresses[node] = (ulong)random.NextInt64();
        builder.Adopt(addresses, new int[count], new uint[count], new int[count + 1], []);
        var snapshot = new HeapSnapshot(default, "", "", builder.Build(), default, []);

        var read = ReadBack(snapshot);

        read.Graph.Addresses.SequenceEqual(addresses).ShouldBeTrue();
        read.Graph.NodeCount.ShouldBe(count);
    }

    [Fact]
    public void A_changed_byte_gives_a_clear_error()
    {
        var bytes = Written(Rich());
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xff })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= change;
                Should.Throw<SnapshotFileException>(() => SnapshotFile.Read(new MemoryStream(damaged)), $"byte {at} xor {change}")
                    .Message.ShouldNotContain("\n");
            }
        }
    }

    [Fact]
    public void A_file_that_ends_early_gives_a_clear_error()
    {
        var bytes = Written(Rich());
        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<SnapshotFileException>(() => SnapshotFile.Read(new MemoryStream(bytes, 0, length)));
    }

    [Fact]
    public void Sound_frames_with_hostile_content_give_a_clear_error() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), Prop.ForAll(
            Gen.Choose(0, int.MaxValue).Two().ToArbitrary(), seed => ReadsOrRefuses(Rewritten(Written(Rich()), new Random(seed.Item1 ^ seed.Item2)))));

    [Fact]
    public void A_short_file_cannot_ask_for_much_memory()
    {
        // Says that there are two thousand million objects, and ends.
        var session = new MemoryStream();
        using (var writer = new BinaryWriter(session, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(0L);
            writer.Write("");
            writer.Write("");
            writer.Write(new byte[24]);
            writer.Write(0);
            writer.Write(0L);
            writer.Write(0.0);
            writer.Write(0);
            writer.Write(2_000_000_000);
            writer.Write(2_000_000_000);
        }

        var file = new MemoryStream();
        file.Write(SnapshotFile.Magic);
        Number(file, SnapshotFile.Version);
        Number(file, (int)SnapshotSection.Session);
        using (var frames = new FrameWriter(file))
            frames.Write(session.ToArray());
        Number(file, (int)SnapshotSection.Types);
        using (var frames = new FrameWriter(file))
            frames.Write(new byte[4]);
        Number(file, (int)SnapshotSection.Addresses);
        using (var frames = new FrameWriter(file))
            frames.Write(new byte[800]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<SnapshotFileException>(() => SnapshotFile.Read(new MemoryStream(file.ToArray())));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
    }

    [Fact]
    public void Other_files_and_other_versions_are_told_apart()
    {
        Should.Throw<SnapshotFileException>(() => SnapshotFile.Read(new MemoryStream("not a snapshot at all"u8.ToArray()))).Message
            .ShouldBe("this is not a LeakySpanner snapshot");
        var bytes = Written(Rich());
        bytes[8] = 9;
        Should.Throw<SnapshotFileException>(() => SnapshotFile.Read(new MemoryStream(bytes))).Message.ShouldContain("version 9");
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_only_and_replaces_another()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("snapshot").FullName, "heap.lspan");
        File.WriteAllText(path, "old");

        SnapshotFile.Write(path, Rich());

        ShouldBeSame(SnapshotFile.Read(path), Rich());
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static HeapSnapshot Rich()
    {
        var builder = new HeapGraphBuilder
        {
            Coverage = new Coverage(3, ImmutableSortedDictionary<string, long>.Empty.Add("pool header inconsistent", 7), 1.5),
        };
        var dict = builder.AddType(new TypeInfo("dict", ObjectKind.Mapping, [], EdgeTail.Pairs, Address: new Address(99)));
        var user = builder.AddType(new TypeInfo("app.User", ObjectKind.Instance, ["__class__", "name"], EdgeTail.Unlabelled, true));
        var code = builder.AddType(new TypeInfo("code", ObjectKind.Code, ["co_consts"]));
        builder.AddNode(new Address(0x7f0000001000), dict, 232);
        builder.AddNode(new Address(0x7f0000002000), user, 5_000_000_000);
        builder.AddNode(new Address(0x7f0000003000), code, 400);
        builder.AddEdges(new NodeId(0), [2, 1]);
        builder.AddEdges(new NodeId(1), [-1, 0, 2]);
        builder.AddRoot(RootKind.Module, "app", new NodeId(0));
        builder.AddRoot(RootKind.NativeHeap, "", new NodeId(1));
        builder.SetName(new NodeId(2), "naïve");
        builder.SetBound(new NodeId(0), 100);
        builder.AddCode(new CodeInfo(new NodeId(2), "search", "app.py", 3, [new CodeUse(4, CodeAction.Add, new AccessPath(PathOrigin.Global, "cache", ["data"]), "[]=")])
        {
            Parameters = ["q"],
        });
        builder.AddRoute(new RouteInfo("GET", "/query/{q}", new NodeId(2), [new NodeId(1)]));
        return new HeapSnapshot(TimeSpan.FromSeconds(3), "CPython 3.11.2", "python app.py", builder.Build(), new HeapUsage(10, 20, 30), []);
    }

    private static byte[] Written(HeapSnapshot snapshot)
    {
        var file = new MemoryStream();
        SnapshotFile.Write(file, snapshot);
        return file.ToArray();
    }

    private static HeapSnapshot ReadBack(HeapSnapshot snapshot) => SnapshotFile.Read(new MemoryStream(Written(snapshot)));

    private static void ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            var snapshot = SnapshotFile.Read(new MemoryStream(bytes));

            // What is accepted can be used.
            LeakySpanner.Analysis.Retention.DominatorTree.Compute(snapshot.Graph);
            var paths = LeakySpanner.Analysis.Retention.RootPaths.Compute(snapshot.Graph);
            for (var node = 0; node < snapshot.Graph.NodeCount; node++)
                paths.PathTo(new NodeId(node));
        }
        catch (SnapshotFileException)
        {
        }
    }

    /// <summary>Changes bytes inside of frames and makes their checksums right again, as somebody hostile would.</summary>
    private static byte[] Rewritten(byte[] bytes, Random random)
    {
        var source = new MemoryStream(bytes);
        var target = new MemoryStream();
        var head = new byte[12];
        source.ReadExactly(head);
        target.Write(head);
        var victim = random.Next(13);
        for (var section = 1; section < (int)SnapshotSection.End; section++)
        {
            var number = new byte[4];
            source.ReadExactly(number);
            target.Write(number);
            using var content = new MemoryStream();
            using (var reader = new FrameReader(source))
                reader.CopyTo(content);
            var raw = content.ToArray();
            if (section == victim + 1)
            {
                for (var changes = random.Next(1, 4); changes > 0 && raw.Length > 0; changes--)
                    raw[random.Next(raw.Length)] = (byte)random.Next(256);
                if (random.Next(4) == 0)
                    Array.Resize(ref raw, random.Next(raw.Length + 20));
            }

            using var writer = new FrameWriter(target);
            writer.Write(raw);
        }

        source.CopyTo(target);
        return target.ToArray();
    }

    private static void Number(Stream stream, int number) => stream.Write(BitConverter.GetBytes(number));

    private static void ShouldBeSame(HeapSnapshot read, HeapSnapshot written)
    {
        (read with { Graph = written.Graph, Arenas = written.Arenas }).ShouldBe(written);
        read.Arenas.ShouldBe(written.Arenas);
        var (a, b) = (read.Graph, written.Graph);
        a.Addresses.ToArray().ShouldBe(b.Addresses.ToArray());
        a.Types.ToArray().ShouldBe(b.Types.ToArray());
        a.EdgeStarts.ToArray().ShouldBe(b.EdgeStarts.ToArray());
        a.Edges.ToArray().ShouldBe(b.Edges.ToArray());
        Enumerable.Range(0, a.NodeCount).Select(node => a.SizeOf(new NodeId(node))).ShouldBe(Enumerable.Range(0, b.NodeCount).Select(node => b.SizeOf(new NodeId(node))));
        a.Roots.ShouldBe(b.Roots);
        a.Names.OrderBy(pair => pair.Key).ShouldBe(b.Names.OrderBy(pair => pair.Key));
        a.Bounds.ShouldBe(b.Bounds);
        a.Coverage.ObjectsSeen.ShouldBe(b.Coverage.ObjectsSeen);
        a.Coverage.Faults.ShouldBe(b.Coverage.Faults);
        a.Coverage.PausedMilliseconds.ShouldBe(b.Coverage.PausedMilliseconds);
        a.TypeTable.Select(Text).ShouldBe(b.TypeTable.Select(Text));
        a.Codes.Select(Text).ShouldBe(b.Codes.Select(Text));
        a.Routes.Select(Text).ShouldBe(b.Routes.Select(Text));
    }

    private static string Text(TypeInfo type) => $"{type.Name} {type.Kind} {type.Tail} {type.Conservative} {type.Address} {string.Join(',', type.Fields)}";

    private static string Text(CodeInfo code) =>
        $"{code.Node} {code.Name} {code.File} {code.FirstLine} {string.Join(',', code.Parameters)} {string.Join(';', code.Uses.Select(use => $"{use.Line} {use.Action} {use.Path.Origin} {use.Path} {use.Method}"))}";

    private static string Text(RouteInfo route) => $"{route} {route.Endpoint} {string.Join(',', route.Dependencies)}";
}
