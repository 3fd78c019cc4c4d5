using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

public sealed class SequenceTests
{
    private readonly FakePython _python = new();

    [Fact]
    public void A_list_gives_its_items_and_counts_what_it_allocated()
    {
        var items = Enumerable.Range(0, 5).Select(i => _python.Real(i)).ToArray();
        var list = _python.List(items);
        _python.Memory.Write(list + _python.Layout.List.Size, 3UL);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(list).ShouldBe(items[..3]);
        heap.Size(list).ShouldBe(16 + 40 + (5 * 8));
    }

    [Fact]
    public void A_list_larger_than_an_arena_block_is_read_where_it_lies()
    {
        var item = _python.Real(1);
        var list = _python.List([.. Enumerable.Repeat(item, 20_000)]);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(list).Count.ShouldBe(20_000);
        heap.Tail(list).ShouldAllBe(target => target == item);
    }

    [Fact]
    public void A_large_tuple_outside_arenas_is_found_by_the_edge_to_it()
    {
        var item = _python.Real(1);
        var tuple = _python.Tuple([.. Enumerable.Repeat(item, 3000)]);
        var holder = _python.List([tuple]);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(holder).ShouldBe([tuple]);
        heap.Tail(tuple).Count.ShouldBe(3000);
        heap.Size(tuple).ShouldBe(16 + 24 + (3000 * 8));
    }

    [Fact]
    public void A_large_tuple_that_nothing_refers_to_is_found_through_the_collectors_list()
    {
        var tuple = _python.Tuple([.. Enumerable.Repeat(_python.ListType, 100)]);
        var after = _python.Tuple([.. Enumerable.Repeat(_python.ListType, 100)]);

        var heap = WalkedHeap.Of(_python);

        heap.Has(tuple).ShouldBeTrue();
        heap.Has(after).ShouldBeTrue();
    }

    [Fact]
    public void Lengths_that_cannot_be_are_counted_and_not_followed()
    {
        var list = _python.List([_python.Real(1)]);
        var other = _python.List([_python.Real(1)]);
        _python.Memory.Write(list + _python.Layout.List.Size, ulong.MaxValue);
        _python.Memory.Write(other + _python.Layout.List.Allocated, 1UL << 45);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(list).ShouldBeEmpty();
        heap.Tail(other).ShouldBeEmpty();
        heap.Fault(Faults.ListInconsistent).ShouldBe(2);
    }

    [Fact]
    public void A_set_gives_its_members_from_the_small_table_and_from_a_large_one()
    {
        var members = Enumerable.Range(0, 40).Select(i => _python.Whole((uint)i)).ToArray();
        var (small, large) = (_python.Set(members[..3]), _python.Set(members));

        var heap = WalkedHeap.Of(_python);

        heap.Type(small).Tail.ShouldBe(EdgeTail.Members);
        heap.Tail(small).ShouldBe(members[..3]);
        heap.Tail(large).ShouldBe(members);
        heap.Size(small).ShouldBe(216);
        heap.Size(large).ShouldBe(216 + (128 * 16));
    }

    [Fact]
    public void A_deleted_entry_is_no_member()
    {
        var set = _python.Set(_python.Whole(1), _python.Whole(2));
        _python.Memory.Write(set + _python.Layout.Set.SmallTable + 8, ulong.MaxValue);

        WalkedHeap.Of(_python).Tail(set).Count.ShouldBe(1);
    }

    [Fact]
    public void A_deque_runs_through_its_blocks_and_tells_its_bound()
    {
        var items = Enumerable.Range(0, 150).Select(i => _python.Real(i)).ToArray();
        var deque = _python.Deque(bound: 200, leftIndex: 60, items);
        var free = _python.Deque(bound: -1, leftIndex: 0);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(deque).ShouldBe(items);
        heap.Graph.Bounds[heap.Node(deque).Value].ShouldBe(200);
        heap.Graph.Bounds.ContainsKey(heap.Node(free).Value).ShouldBeFalse();
        heap.Tail(free).ShouldBeEmpty();
    }

    [Fact]
    public void A_ring_of_blocks_ends_with_the_length()
    {
        var deque = _python.Deque(-1, 0, [.. Enumerable.Range(0, 100).Select(i => _python.Real(i))]);
        var block = new byte[8];
        _python.Memory.TryRead(deque + _python.Layout.Objects.Deque.LeftBlock, block);
        var first = new Address(BitConverter.ToUInt64(block));
        _python.Memory.Write(first + _python.Layout.Objects.Deque.BlockRight, first);
        _python.Memory.Write(deque + _python.Layout.Objects.Deque.Length, 1UL << 39);

        var heap = WalkedHeap.Of(_python);

        heap.Fault(Faults.BufferBudget).ShouldBe(1);
    }
}
