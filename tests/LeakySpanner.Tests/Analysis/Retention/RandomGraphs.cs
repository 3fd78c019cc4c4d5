using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Tests.Analysis.Retention;

/// <summary>Arbitrary small graphs: cycles, self-references, unreachable parts, repeated and absent edges, several roots.</summary>
internal static class RandomGraphs
{
    public static Gen<HeapGraph> Generator { get; } =
        from count in Gen.Choose(1, 24)
        from density in Gen.Choose(0, 3)
        from edges in Gen.ArrayOf(Gen.Two(Gen.Choose(-1, count - 1)), count * density)
        from roots in Gen.ArrayOf(Gen.Two(Gen.Choose(0, count - 1)), 3)
        from rootCount in Gen.Choose(0, 3)
        from sizes in Gen.ArrayOf(Gen.Choose(1, 1000), count)
        select Make(sizes, edges, [.. roots.Take(rootCount)]);

    public static Arbitrary<HeapGraph> Arbitrary { get; } = Arb.From(Generator);

    private static HeapGraph Make(int[] sizes, (int From, int To)[] edges, (int Node, int Kind)[] roots)
    {
        var builder = new HeapGraphBuilder();
        var list = builder.AddType(new TypeInfo("list", ObjectKind.Sequence, [], EdgeTail.Items));
        for (var node = 0; node < sizes.Length; node++)
            builder.AddNode(new Address(0x1000 + (ulong)node * 16), list, sizes[node]);
        for (var node = 0; node < sizes.Length; node++)
            builder.AddEdges(new NodeId(node), [.. edges.Where(edge => edge.From == node).Select(edge => edge.To)]);
        foreach (var (node, kind) in roots)
            builder.AddRoot((RootKind)(kind % 7), "root", new NodeId(node));
        return builder.Build();
    }
}
