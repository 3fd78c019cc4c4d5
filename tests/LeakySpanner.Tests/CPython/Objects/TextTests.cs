using LeakySpanner.CPython.Walk;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

public sealed class TextTests
{
    private readonly FakePython _python = new();

    [Fact]
    public void Only_interned_names_keep_their_text()
    {
        var name = _python.Interned("results_cache");
        var (sentence, secret, digit) = (_python.Interned("not a name"), _python.Text("password"), _python.Interned("1st"));

        var heap = WalkedHeap.Of(_python);

        heap.Graph.Names[heap.Node(name).Value].ShouldBe("results_cache");
        foreach (var other in new[] { sentence, secret, digit })
            heap.Graph.Names.ContainsKey(heap.Node(other).Value).ShouldBeFalse();
    }

    [Fact]
    public void Sizes_follow_the_storage_form()
    {
        var ascii = _python.Text("abcd");
        var wide = _python.New(_python.TextType, 80 + 12);
        _python.Memory.Write(wide + 16, 3UL);
        _python.Memory.WriteUInt32(wide + 32, (4u << 2) | (1u << 5));
        var utf8 = _python.Allocate(13);
        _python.Memory.Write(wide + 48, 12UL);
        _python.Memory.Write(wide + 56, utf8);

        var heap = WalkedHeap.Of(_python);

        heap.Size(ascii).ShouldBe(48 + 5);
        heap.Size(wide).ShouldBe(72 + 16 + 13);
    }

    [Fact]
    public void A_length_beyond_memory_is_counted_and_gives_a_plain_size()
    {
        var text = _python.Text("abcd");
        _python.Memory.Write(text + 16, 1UL << 60);

        var heap = WalkedHeap.Of(_python);

        heap.Size(text).ShouldBe(80);
        heap.Fault(Faults.TextInconsistent).ShouldBe(1);
    }
}
