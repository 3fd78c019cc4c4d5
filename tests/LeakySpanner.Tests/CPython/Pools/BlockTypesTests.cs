using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Pools;

public sealed class BlockTypesTests
{
    private readonly FakePython _fake = new();

    private string? Identify(Address block, int size)
    {
        var python = PythonProcess.Attach(_fake);
        var types = new BlockTypes(python.Types, new PoolScanner(_fake, _fake.Layout.Pool).FindArenas(new FaultTally()));
        var bytes = new byte[size];
        _fake.Memory.TryRead(block, bytes).ShouldBeTrue();
        return types.Identify(bytes)?.Name;
    }

    [Fact]
    public void Objects_are_known_at_each_of_the_three_offsets()
    {
        var user = _fake.Class("app", "User");

        Identify(_fake.Real(1.5), 32).ShouldBe("float");
        Identify(_fake.List() + -16, 64).ShouldBe("list");
        Identify(_fake.Instance(user) + -32, 48).ShouldBe("app.User");
        Identify(_fake.Text("k1"), 64).ShouldBe("str");
    }

    [Fact]
    public void An_array_of_classes_is_a_buffer()
    {
        var array = _fake.Allocate(64);
        _fake.WriteReferences(array, _fake.TypeType, _fake.IntegerType, _fake.ListType, _fake.DictType);
        Identify(array, 64).ShouldBeNull();

        var tagged = _fake.Allocate(64);
        _fake.WriteReferences(tagged, _fake.Text("x"), _fake.FloatType);
        Identify(tagged, 64).ShouldBeNull();
    }

    [Fact]
    public void A_freed_object_on_a_free_list_of_its_type_is_none()
    {
        var dead = _fake.List();
        _fake.Memory.Write(dead, 0UL);

        Identify(dead + -16, 64).ShouldBeNull();
    }

    [Fact]
    public void A_block_too_small_for_its_type_is_a_buffer()
    {
        var block = _fake.Allocate(32);
        _fake.Memory.Write(block, 1UL);
        _fake.Memory.Write(block + 8, _fake.SetType);

        Identify(block, 32).ShouldBeNull();
    }

    [Fact]
    public void A_word_that_points_into_an_arena_is_never_read()
    {
        var python = PythonProcess.Attach(_fake);
        var types = new BlockTypes(python.Types, new PoolScanner(_fake, _fake.Layout.Pool).FindArenas(new FaultTally()));
        var target = _fake.Text("target");
        var bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes, 1UL);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), target.Value);
        var before = _fake.Memory.Reads;

        types.Identify(bytes).ShouldBeNull();

        _fake.Memory.Reads.ShouldBe(before);
    }
}
