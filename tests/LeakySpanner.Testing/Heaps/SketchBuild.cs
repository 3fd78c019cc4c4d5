using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Testing.Heaps;

/// <summary>Turns the reachable part of a <see cref="HeapSketch"/> into a graph, in the order of addresses.</summary>
internal static class SketchBuild
{
    public static HeapGraph Build(
        List<(RootKind Kind, string Name, SketchObject Object)> roots,
        List<SketchObject> garbage,
        Dictionary<string, SketchObject> classes,
        ReadOnlySpan<(SketchObject Object, CodeInfo Code)> codes)
    {
        var live = Reach(roots.Select(root => root.Object).Concat(garbage));
        var builder = new HeapGraphBuilder();
        var types = new Dictionary<string, TypeId>();
        var ids = new Dictionary<SketchObject, NodeId>();
        foreach (var item in live)
        {
            var fields = item.Fields.Select(field => field.Name).ToImmutableArray();
            var key = $"{item.TypeName}|{item.Kind}|{item.Tail}|{string.Join(',', fields)}";
            if (!types.TryGetValue(key, out var type))
            {
                var address = classes.TryGetValue(item.TypeName, out var known) ? known.Address : default;
                types[key] = type = builder.AddType(new TypeInfo(item.TypeName, item.Kind, fields, item.Tail, Address: address));
            }

            var node = builder.AddNode(item.Address, type, item.ShallowSize);
            ids[item] = node;
            if (item.Name is { } name)
                builder.SetName(node, name);
            if (item.Bound is { } bound)
                builder.SetBound(node, bound);
        }

        // A class without live instances still has a row: a walk adds one per type object that it meets.
        foreach (var (name, type) in classes.Where(pair => ids.ContainsKey(pair.Value)))
            builder.AddType(new TypeInfo(name, ObjectKind.Instance, [], Address: type.Address));

        foreach (var item in live)
            builder.AddEdges(ids[item], [.. item.Fields.Select(field => ids[field.Target].Value), .. item.Entries.Select(entry => ids[entry].Value)]);
        foreach (var (kind, name, target) in roots)
            builder.AddRoot(kind, name, ids[target]);
        foreach (var (item, code) in codes)
            builder.AddCode(code with { Node = ids[item] });
        return builder.Build();
    }

    private static List<SketchObject> Reach(IEnumerable<SketchObject> from)
    {
        var seen = new HashSet<SketchObject>();
        var open = new Stack<SketchObject>(from);
        while (open.TryPop(out var item))
        {
            if (!seen.Add(item))
                continue;
            foreach (var (_, target) in item.Fields)
                open.Push(target);
            foreach (var entry in item.Entries)
                open.Push(entry);
        }

        return [.. seen.OrderBy(item => item.Address)];
    }
}
