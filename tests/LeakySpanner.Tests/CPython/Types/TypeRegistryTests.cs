using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Types;

public sealed class TypeRegistryTests
{
    private readonly FakePython _fake = new();

    private TypeRegistry Types() => PythonProcess.Attach(_fake).Types;

    [Fact]
    public void A_class_is_named_by_its_module_and_its_header_is_known()
    {
        var user = _fake.Class("app.models", "User");

        var type = Types().Find(user).ShouldNotBeNull();

        type.Name.ShouldBe("app.models.User");
        type.PreHeaderSize.ShouldBe(32);
        type.Kind.ShouldBe(ObjectKind.Instance);
        type.IsHeapType.ShouldBeTrue();
        type.Base!.Name.ShouldBe("object");
    }

    [Fact]
    public void A_class_of_the_builtins_module_has_a_bare_name() =>
        Types().Find(_fake.Class("builtins", "Special"))!.Name.ShouldBe("Special");

    [Fact]
    public void A_chain_of_bases_ends_somewhere()
    {
        var chain = new List<Address> { _fake.ObjectType };
        for (var i = 0; i < 400; i++)
            chain.Add(_fake.Class("app", $"Level{i}", parent: chain[^1]));
        var types = Types();

        // Found from object upwards, so that no single look-up is deep.
        var found = chain.Select(types.Find).ToArray();

        found[200].ShouldNotBeNull().BaseCount.ShouldBe(200);
        found[400].ShouldBeNull();
    }

    [Fact]
    public void Kinds_follow_the_bases()
    {
        var cache = _fake.Class("app", "Cache", flags: 1UL << 29, parent: _fake.DictType);
        var queue = _fake.Class("app", "Backlog", parent: _fake.DequeType);
        var misnamed = _fake.Class("app", "module");
        var types = Types();

        types.Find(cache)!.Kind.ShouldBe(ObjectKind.Mapping);
        types.Find(queue)!.Kind.ShouldBe(ObjectKind.Queue);
        types.Find(misnamed)!.Kind.ShouldBe(ObjectKind.Instance);
        types.Find(_fake.SetType)!.Kind.ShouldBe(ObjectKind.Set);
        types.Find(_fake.TypeType)!.Kind.ShouldBe(ObjectKind.Type);
    }

    [Fact]
    public void A_metaclass_makes_types()
    {
        var meta = _fake.Class("abc", "ABCMeta", managedDict: false, basicSize: _fake.Layout.Type.HeapSize, parent: _fake.TypeType, flags: 1UL << 31);
        var made = _fake.Class("app", "Port");
        _fake.Memory.Write(made + 8, meta);

        Types().Find(made)!.Name.ShouldBe("app.Port");
    }

    [Fact]
    public void Slots_are_listed_with_those_of_the_bases()
    {
        var point = _fake.Class("app", "Point", managedDict: false, basicSize: 32);
        _fake.SetMembers(point, ("x", 16), ("y", 24));
        var solid = _fake.Class("app", "Solid", managedDict: false, basicSize: 40, parent: point);
        _fake.SetMembers(solid, ("z", 32), ("beyond", 400));
        var types = Types();

        types.MembersOf(types.Find(solid)!).ShouldBe([new MemberSlot("x", 16), new MemberSlot("y", 24), new MemberSlot("z", 32)]);
    }

    [Fact]
    public void Shared_keys_come_in_order()
    {
        var types = Types();

        types.ReadSharedKeys(types.Find(_fake.Class("app", "User", sharedKeys: ["id", "name", "tags"]))!).ShouldBe(["id", "name", "tags"]);
    }

    [Fact]
    public void An_instance_is_no_type()
    {
        var types = Types();

        types.Find(_fake.Dict()).ShouldBeNull();
        types.Find(_fake.Text("a name")).ShouldBeNull();
        types.Find(new Address(0x10)).ShouldBeNull();
        types.Find(new Address(ulong.MaxValue - 7)).ShouldBeNull();
    }

    [Fact]
    public void Types_in_a_circle_of_bases_are_refused()
    {
        var first = _fake.Class("app", "First");
        var second = _fake.Class("app", "Second", parent: first);
        _fake.Memory.Write(first + _fake.Layout.Type.Base, second);

        Types().Find(second).ShouldBeNull();
    }

    [Fact]
    public void A_type_whose_name_is_not_text_is_refused()
    {
        var odd = _fake.Class("app", "Odd");
        var name = _fake.InNative(8);
        _fake.Memory.Write(name, [0xff, 0xfe, 0x01, 0]);
        _fake.Memory.Write(odd + _fake.Layout.Type.Name, name);

        Types().Find(odd).ShouldBeNull();
    }

    [Fact]
    public void A_known_type_and_a_refused_address_are_not_read_again()
    {
        var types = Types();
        var user = _fake.Class("app", "User");
        var other = _fake.Dict();
        types.Find(user);
        types.Find(other);
        var before = _fake.Memory.Reads;

        types.Find(user);
        types.Find(other);

        _fake.Memory.Reads.ShouldBe(before);
    }

    [Fact]
    public void A_class_that_was_freed_is_forgotten()
    {
        var types = Types();
        var user = _fake.Class("app", "User");
        types.Find(user).ShouldNotBeNull();
        _fake.Memory.Write(user, new byte[_fake.Layout.Type.Size]);

        types.Revalidate();

        types.Find(user).ShouldBeNull();
        types.Find(_fake.DictType).ShouldNotBeNull();
    }

    /// <summary>A service that makes and drops classes for days.</summary>
    [Fact]
    public void Classes_that_come_and_go_leave_nothing_behind()
    {
        var types = Types();
        var lasting = _fake.Class("app", "Lasting");
        types.Find(lasting);
        var before = types.All.Count;

        for (var round = 0; round < 50; round++)
        {
            var user = _fake.Class("app", "User");
            types.Find(user).ShouldNotBeNull();
            types.All.Count.ShouldBe(before + 1);
            _fake.Memory.Write(user, new byte[_fake.Layout.Type.Size]);
            types.Revalidate();
        }

        types.All.Count.ShouldBe(before);
        types.All.Select(type => type.Index).ShouldBe(Enumerable.Range(0, before));
        types.All.ShouldContain(types.Find(lasting));
    }
}
