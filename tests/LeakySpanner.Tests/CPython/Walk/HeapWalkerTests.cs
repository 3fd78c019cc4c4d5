using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Walk;

public sealed class HeapWalkerTests
{
    [Fact]
    public void Modules_are_roots_under_the_name_of_their_import()
    {
        var python = new FakePython();
        var cache = python.Dict();
        var module = python.Module("cache", (python.Interned("results"), cache));
        python.SetModules(("app.cache", module));

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.Module, "app.cache", heap.Node(module)));
        heap.Tail(heap.Field(module, "__dict__")).ShouldBe([python.Interned("results"), cache]);
    }

    [Fact]
    public void Static_types_are_roots_and_classes_are_nodes()
    {
        var python = new FakePython();
        var type = python.Class("app", "User");
        var user = python.Instance(type);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.StaticType, "dict", heap.Node(python.DictType)));
        heap.Type(type).Kind.ShouldBe(ObjectKind.Type);
        heap.Graph.Roots.ShouldNotContain(root => root.Node == heap.Node(user));
    }

    [Fact]
    public void What_no_root_reaches_is_held_by_a_word_of_native_memory_or_by_nothing()
    {
        var python = new FakePython();
        var (held, lost) = (python.List([]), python.List([]));
        var library = python.InImage(64);
        python.Memory.Write(library + 8, held);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.NativeGlobal, "python3.11", heap.Node(held)));
        heap.Graph.Roots.ShouldNotContain(root => root.Node == heap.Node(lost));
    }

    [Fact]
    public void A_reference_in_a_buffer_that_an_object_owns_is_no_native_root()
    {
        var python = new FakePython();
        var inner = python.List([]);
        python.List([.. Enumerable.Repeat(inner, 300)]);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldNotContain(root => root.Kind == RootKind.NativeHeap && root.Node == heap.Node(inner));
    }

    [Fact]
    public void A_reference_in_a_small_buffer_that_nobody_claims_is_one()
    {
        var python = new FakePython();
        var held = python.List([]);
        var buffer = python.Allocate(64);
        python.Memory.Write(buffer + 24, held);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.NativeHeap, "native memory", heap.Node(held)));
    }

    [Fact]
    public void An_object_that_changes_between_the_two_looks_keeps_its_node_and_loses_its_edges()
    {
        var python = new FakePython();
        var list = python.List([python.Real(1)]);
        var looks = 0;
        python.Memory.BeforeRead = (address, length) =>
        {
            if (address.Value <= list.Value && list.Value < address.Value + (ulong)length && length >= 0x4000 && ++looks == 2)
                python.Memory.Write(list + 8, python.DictType);
        };

        var heap = WalkedHeap.Of(python);

        heap.Fault(Faults.ObjectChanged).ShouldBe(1);
        heap.Tail(list).ShouldBeEmpty();
    }

    [Fact]
    public void Two_workers_see_what_one_sees()
    {
        var python = Sample(3000);

        var one = WalkedHeap.Of(python).Graph;
        var two = WalkedHeap.Of(python, new WalkOptions(Workers: 2)).Graph;

        two.NodeCount.ShouldBe(one.NodeCount);
        two.EdgeCount.ShouldBe(one.EdgeCount);
        Edges(two).ShouldBe(Edges(one), ignoreOrder: true);
    }

    [Fact]
    public void A_walk_costs_so_many_reads()
    {
        var python = Sample(3000);
        WalkedHeap.Of(python);
        var before = python.Memory.Reads;

        var heap = WalkedHeap.Of(python);

        heap.Graph.NodeCount.ShouldBeGreaterThan(12_000);
        (python.Memory.Reads - before).ShouldBeLessThan(500);
    }

    [Fact]
    public void Cancelling_ends_the_walk()
    {
        var python = Sample(100);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Should.Throw<OperationCanceledException>(() =>
            new HeapWalker(LeakySpanner.CPython.Runtime.PythonProcess.Attach(python)).Walk(WalkOptions.Default, TimeSpan.Zero, cancellation.Token));
    }

    [Fact]
    public void Usage_tells_arenas_from_larger_blocks()
    {
        var python = new FakePython();
        python.List([.. Enumerable.Repeat(python.Real(1), 1000)]);
        var heap = WalkedHeap.Of(python);

        heap.Snapshot.Usage.LargeBytes.ShouldBeGreaterThanOrEqualTo(8000);
        heap.Snapshot.Usage.ArenaLiveBytes.ShouldBeGreaterThan(0);
        (heap.Snapshot.Usage.ArenaLiveBytes + heap.Snapshot.Usage.ArenaFreeBytes).ShouldBe(heap.Snapshot.Arenas.Sum(arena => arena.Length));
    }

    /// <summary>A list of so many instances, each with a dict, a text and a number.</summary>
    internal static FakePython Sample(int count)
    {
        var python = new FakePython();
        var type = python.Class("app", "User", sharedKeys: ["name", "facts"]);
        var users = Enumerable.Range(0, count).Select(i =>
            python.InstanceWith(type, python.Text($"user {i}"), python.Dict((python.Interned("age"), python.Whole((uint)i))))).ToArray();
        var code = python.CodeObject("poll", 1, "users");
        python.SetModules(("app", python.Module("app", (python.Interned("users"), python.List(users)))));
        python.Coroutine(code, python.Function(code, "app"), -1, 1, python.Set(users[..Math.Min(count, 20)]));
        python.Deque(50, 3, users[..Math.Min(count, 40)]);
        return python;
    }

    private static List<(ulong, ulong)> Edges(HeapGraph graph)
    {
        var edges = new List<(ulong, ulong)>();
        for (var node = 0; node < graph.NodeCount; node++)
        {
            foreach (var target in graph.EdgesOf(new NodeId(node)))
                edges.Add((graph.Addresses[node], target < 0 ? 0 : graph.Addresses[target]));
        }

        edges.Sort();
        return edges;
    }
}
