using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

public sealed class InstanceTests
{
    private readonly FakePython _python = new();

    [Fact]
    public void Attributes_beside_the_object_are_fields_by_name()
    {
        var type = _python.Class("app", "User", sharedKeys: ["name", "age"]);
        var name = _python.Text("x");
        var user = _python.InstanceWith(type, name, Address.Null);

        var heap = WalkedHeap.Of(_python);

        heap.Type(user).Fields.ShouldBe(["__class__", "__dict__", "name", "age"]);
        heap.Field(user, "__class__").ShouldBe(type);
        heap.Field(user, "name").ShouldBe(name);
        heap.Field(user, "age").ShouldBe(Address.Null);
        heap.Field(user, "__dict__").ShouldBe(Address.Null);
        heap.Size(user).ShouldBe(32 + 16 + 8 + (5 * 8));
    }

    [Fact]
    public void A_dict_that_was_asked_for_takes_the_place_of_the_attributes()
    {
        var type = _python.Class("app", "User", sharedKeys: ["name"]);
        var user = _python.Instance(type);
        var dict = _python.Dict((_python.Interned("name"), _python.Real(1)));
        _python.Memory.Write(user + _python.Layout.Dict.InlineDictPointer, dict);

        var heap = WalkedHeap.Of(_python);

        heap.Field(user, "__dict__").ShouldBe(dict);
        heap.Field(user, "name").ShouldBe(Address.Null);
        heap.Size(user).ShouldBe(32 + 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public void Attributes_with_an_impossible_prefix_are_not_believed(byte prefix)
    {
        var type = _python.Class("app", "User", sharedKeys: ["name"]);
        var user = _python.Instance(type);
        var values = _python.Values(_python.Real(1));
        _python.Memory.WriteByte(values + -1, prefix);
        _python.Memory.Write(user + _python.Layout.Dict.InlineValuesPointer, values);

        var heap = WalkedHeap.Of(_python);

        heap.Field(user, "name").ShouldBe(Address.Null);
        heap.Fault(Faults.AttributesInconsistent).ShouldBe(1);
    }

    [Fact]
    public void Slots_are_fields_by_name_and_a_class_statement_leaves_nothing_to_scan()
    {
        var type = _python.Class("app", "Point", managedDict: false, basicSize: 32);
        _python.SetMembers(type, ("x", 16), ("y", 24));
        var point = _python.New(type, 32);
        var x = _python.Real(1);
        _python.Memory.Write(point + 16, x);

        var heap = WalkedHeap.Of(_python);

        heap.Type(point).Fields.ShouldBe(["__class__", "x", "y"]);
        heap.Type(point).Conservative.ShouldBeFalse();
        heap.Field(point, "x").ShouldBe(x);
        heap.Tail(point).ShouldBeEmpty();
    }

    [Fact]
    public void Words_of_an_unknown_extension_type_count_where_an_object_starts()
    {
        var type = _python.StaticType("vendor.Handle", 48, collected: true);
        _python.Memory.Write(type + _python.Layout.Type.WeakListOffset, 40UL);
        var handle = _python.New(type, 48);
        var held = _python.Real(1);
        _python.Memory.Write(handle + 16, held);
        _python.Memory.Write(handle + 24, held + 8);
        _python.Memory.Write(handle + 32, 12345UL);
        _python.Memory.Write(handle + 40, _python.Real(2));

        var heap = WalkedHeap.Of(_python);

        heap.Type(handle).Conservative.ShouldBeTrue();
        heap.Type(handle).Tail.ShouldBe(EdgeTail.Unlabelled);
        heap.Tail(handle).ShouldBe([held]);
    }

    [Fact]
    public void A_weak_reference_keeps_its_callback_and_not_its_referent()
    {
        var type = _python.StaticType("weakref.ReferenceType", 64, collected: true);
        var reference = _python.New(type, 64);
        var (referent, callback) = (_python.Real(1), _python.Real(2));
        _python.Memory.Write(reference + 16, referent);
        _python.Memory.Write(reference + 24, callback);
        _python.Memory.Write(reference + 40, _python.Real(3));

        var heap = WalkedHeap.Of(_python);

        heap.Graph.EdgesOf(heap.Node(reference)).ToArray().ShouldBe([heap.Node(callback).Value]);
        heap.Type(reference).Fields.ShouldBe(["__callback__"]);
    }

    [Fact]
    public void A_memoized_function_tells_the_bound_of_its_dict()
    {
        var type = _python.StaticType("functools._lru_cache_wrapper", 152, collected: true);
        var wrapper = _python.New(type, 152);
        var cache = _python.Dict();
        _python.Memory.Write(wrapper + 72, cache);
        _python.Memory.Write(wrapper + 96, 33UL);
        var unbounded = _python.New(type, 152);
        _python.Memory.Write(unbounded + 72, _python.Dict());
        _python.Memory.Write(unbounded + 96, ulong.MaxValue);

        var heap = WalkedHeap.Of(_python);

        heap.Field(wrapper, "cache").ShouldBe(cache);
        heap.Graph.Bounds[heap.Node(cache).Value].ShouldBe(33);
        heap.Graph.Bounds[heap.Node(wrapper).Value].ShouldBe(33);
        heap.Graph.Bounds.Count.ShouldBe(2);
    }
}
