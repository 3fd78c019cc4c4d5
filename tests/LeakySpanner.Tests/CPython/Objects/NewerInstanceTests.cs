using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

/// <summary>Attributes of instances that have no dict, as 3.12 and 3.13 keep them.</summary>
public sealed class NewerInstanceTests
{
    private readonly FakePython _tagged = new(Python312.Layout) { ImageName = "/usr/bin/python3.12" };
    private readonly FakePython _embedded = new(Python313.Layout) { ImageName = "/usr/bin/python3.13" };

    [Fact]
    public void An_odd_word_leads_to_the_attributes()
    {
        var type = _tagged.Class("app", "User", sharedKeys: ["name", "age"]);
        var name = _tagged.Text("x");
        var user = _tagged.Instance(type);
        _tagged.Memory.Write(user + _tagged.Layout.Dict.InlineDictPointer, _tagged.Values(name, Address.Null).Value - 1);

        var heap = WalkedHeap.Of(_tagged);

        heap.Field(user, "name").ShouldBe(name);
        heap.Field(user, "age").ShouldBe(Address.Null);
        heap.Field(user, "__dict__").ShouldBe(Address.Null);
        heap.Graph.Coverage.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void An_even_word_is_the_dict()
    {
        var type = _tagged.Class("app", "User", sharedKeys: ["name"]);
        var user = _tagged.Instance(type);
        var dict = _tagged.Dict((_tagged.Interned("name"), _tagged.Real(1)));
        _tagged.Memory.Write(user + _tagged.Layout.Dict.InlineDictPointer, dict);

        var heap = WalkedHeap.Of(_tagged);

        heap.Field(user, "__dict__").ShouldBe(dict);
        heap.Field(user, "name").ShouldBe(Address.Null);
    }

    [Fact]
    public void Attributes_behind_the_object_are_fields_by_name_and_part_of_its_size()
    {
        var (user, name) = Embedded(capacity: 3, isValid: true);

        var heap = WalkedHeap.Of(_embedded);

        heap.Field(user, "name").ShouldBe(name);
        heap.Field(user, "age").ShouldBe(Address.Null);
        heap.Size(user).ShouldBe(32 + 16 + 8 + (3 * 8) + 8);
        heap.Graph.Coverage.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Attributes_that_moved_into_a_dict_are_not_read_twice()
    {
        var (user, _) = Embedded(capacity: 3, isValid: true);
        var dict = _embedded.Dict();
        _embedded.Memory.Write(user + _embedded.Layout.Dict.InlineDictPointer, dict);

        var heap = WalkedHeap.Of(_embedded);

        heap.Field(user, "__dict__").ShouldBe(dict);
        heap.Field(user, "name").ShouldBe(Address.Null);
    }

    [Fact]
    public void Attributes_that_are_no_longer_valid_are_not_read()
    {
        var (user, _) = Embedded(capacity: 3, isValid: false);

        WalkedHeap.Of(_embedded).Field(user, "name").ShouldBe(Address.Null);
    }

    [Fact]
    public void A_header_that_cannot_be_is_counted()
    {
        var (user, _) = Embedded(capacity: 3, isValid: true);
        _embedded.Memory.WriteByte(user + 16 + 2, 77);

        var heap = WalkedHeap.Of(_embedded);

        heap.Field(user, "name").ShouldBe(Address.Null);
        heap.Fault(Faults.AttributesInconsistent).ShouldBe(1);
    }

    private (Address User, Address Name) Embedded(byte capacity, bool isValid)
    {
        var type = _embedded.Class("app", "User", flags: _embedded.Layout.Type.InlineValuesFlag, sharedKeys: ["name", "age"]);
        var name = _embedded.Text("x");
        var user = _embedded.New(type, 16 + 8 + (capacity * 8) + 8);
        var values = user + 16;
        _embedded.Memory.WriteByte(values, capacity);
        _embedded.Memory.WriteByte(values + 1, 1);
        _embedded.Memory.WriteByte(values + 2, 1);
        _embedded.Memory.WriteByte(values + 3, isValid ? (byte)1 : (byte)0);
        _embedded.Memory.Write(values + 8, name);
        return (user, name);
    }
}
