using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Model.Heap;

public sealed class HeapGraphBuilderAdoptTests
{
    [Fact]
    public void Adopted_columns_read_like_added_ones()
    {
        var added = new HeapGraphBuilder();
        var type = added.AddType(new TypeInfo("list", ObjectKind.Sequence, [], EdgeTail.Items));
        var first = added.AddNode(new Address(16), type, 56);
        var second = added.AddNode(new Address(32), type, 5L << 32);
        added.AddEdges(first, [second.Value, -1]);
        var adopted = new HeapGraphBuilder();
        adopted.AddType(new TypeInfo("list", ObjectKind.Sequence, [], EdgeTail.Items));
        adopted.Adopt([16, 32], [0, 0], [56, uint.MaxValue], [0, 2, 2], [1, -1]);
        adopted.SetSize(second, 5L << 32);

        var (one, other) = (added.Build(), adopted.Build());

        other.Types.ToArray().ShouldBe(one.Types.ToArray());
        other.Addresses.ToArray().ShouldBe(one.Addresses.ToArray());
        other.EdgeStarts.ToArray().ShouldBe(one.EdgeStarts.ToArray());
        other.Edges.ToArray().ShouldBe(one.Edges.ToArray());
        other.SizeOf(second).ShouldBe(5L << 32);
    }

    [Fact]
    public void Columns_may_be_longer_than_the_nodes()
    {
        var builder = new HeapGraphBuilder();
        builder.AddType(new TypeInfo("list", ObjectKind.Sequence, [], EdgeTail.Items));
        builder.Adopt([16, 32, 0], [0, 0, 77], [56, 8, 0], [0, 1, 1, 0], [1], nodeCount: 2);

        var graph = builder.Build();

        graph.NodeCount.ShouldBe(2);
        graph.Types.Length.ShouldBe(2);
        graph.Addresses.Length.ShouldBe(2);
        graph.EdgeStarts.ToArray().ShouldBe([0, 1, 1]);
    }

    [Fact]
    public void Columns_that_do_not_fit_together_are_refused()
    {
        var builder = new HeapGraphBuilder();
        builder.AddType(new TypeInfo("list", ObjectKind.Sequence, [], EdgeTail.Items));

        Should.Throw<ArgumentException>(() => builder.Adopt([16], [0], [8], [0, 1], []));
        Should.Throw<ArgumentException>(() => builder.Adopt([16], [1], [8], [0, 0], []));
        Should.Throw<ArgumentException>(() => builder.Adopt([16], [0], [8], [0, 1], [1]));
        Should.Throw<ArgumentException>(() => builder.Adopt([16, 32], [0, 0], [8, 8], [0, 2, 1], [0]));
        builder.Adopt([16], [0], [8], [0, 1], [0]);
        Should.Throw<InvalidOperationException>(() => builder.AddNode(new Address(32), new TypeId(0), 8));
        Should.Throw<InvalidOperationException>(() => builder.Adopt([16], [0], [8], [0, 1], [0]));
    }
}
