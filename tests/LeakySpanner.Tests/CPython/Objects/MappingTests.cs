using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

public sealed class MappingTests
{
    private readonly FakePython _python = new();
    private readonly byte[] _word = new byte[8];

    [Fact]
    public void A_unicode_table_gives_pairs_in_order_and_counts_the_table()
    {
        var (key, value) = (_python.Text("a"), _python.Real(1));
        var dict = _python.Dict((key, value), (_python.Text("b"), Address.Null), (_python.Text("c"), _python.ListType));

        var heap = WalkedHeap.Of(_python);

        heap.Type(dict).Tail.ShouldBe(EdgeTail.Pairs);
        heap.Tail(dict).Count.ShouldBe(4);
        heap.Tail(dict).Take(2).ShouldBe([key, value]);
        heap.Size(dict).ShouldBe(16 + 48 + 32 + 8 + (5 * 16));
        heap.Graph.LengthOf(heap.Node(dict)).ShouldBe(2);
    }

    [Fact]
    public void A_general_table_has_hashes_between()
    {
        var (key, value) = (_python.Whole(7), _python.Real(1));
        var dict = _python.GeneralDict((key, value));

        var heap = WalkedHeap.Of(_python);

        heap.Tail(dict).ShouldBe([key, value]);
        heap.Size(dict).ShouldBe(16 + 48 + 32 + 8 + (5 * 24));
    }

    [Fact]
    public void A_table_of_thousands_of_entries_is_read_in_pieces()
    {
        var entries = Enumerable.Range(0, 9000).Select(i => (_python.Whole((uint)i), _python.Real(i))).ToArray();
        var dict = _python.GeneralDict(entries);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(dict).ShouldBe(entries.SelectMany(entry => new[] { entry.Item1, entry.Item2 }));
        heap.Snapshot.Usage.LargeBytes.ShouldBeGreaterThan(9000 * 24);
    }

    [Fact]
    public void Split_values_take_their_names_from_the_shared_keys()
    {
        var type = _python.Class("app", "User", sharedKeys: ["name", "age"]);
        _python.Memory.TryRead(type + _python.Layout.Type.HeapCachedKeys, _word);
        var keys = new Address(BitConverter.ToUInt64(_word));
        var value = _python.Real(30);
        var dict = _python.SplitDict(keys, Address.Null, value);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(dict).ShouldBe([_python.Interned("age"), value]);
        heap.Size(dict).ShouldBe(16 + 48 + 8 + (5 * 8));
    }

    [Fact]
    public void A_subclass_has_its_class_its_attributes_and_then_the_pairs()
    {
        var type = _python.Class("app", "Cache", basicSize: 48, parent: _python.DictType, flags: 1UL << 29, sharedKeys: ["limit"]);
        var (key, value, limit) = (_python.Text("k"), _python.Real(2), _python.Whole(9));
        var cache = _python.Dict(type, (key, value));
        _python.Memory.Write(cache + _python.Layout.Dict.InlineValuesPointer, _python.Values(limit));

        var heap = WalkedHeap.Of(_python);

        heap.Type(cache).Fields.ShouldBe(["__class__", "__dict__", "limit"]);
        heap.Field(cache, "__class__").ShouldBe(type);
        heap.Field(cache, "limit").ShouldBe(limit);
        heap.Tail(cache).ShouldBe([key, value]);
    }

    [Theory]
    [InlineData(8, 60)]
    [InlineData(9, 1)]
    [InlineData(10, 3)]
    [InlineData(24, 200)]
    [InlineData(23, 255)]
    public void A_table_that_contradicts_itself_gives_no_edges(int offset, byte value)
    {
        var dict = _python.Dict((_python.Text("a"), _python.Real(1)));
        _python.Memory.TryRead(dict + _python.Layout.Dict.Keys, _word);
        _python.Memory.WriteByte(new Address(BitConverter.ToUInt64(_word)) + offset, value);

        var heap = WalkedHeap.Of(_python);

        heap.Tail(dict).ShouldBeEmpty();
        heap.Fault(Faults.DictInconsistent).ShouldBe(1);
    }


}
