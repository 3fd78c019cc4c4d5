using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>Adds up objects and bytes per type name.</summary>
internal sealed class TypeTally(HeapGraph graph)
{
    private readonly Dictionary<string, TypeNet> _types = new(StringComparer.Ordinal);

    public void Add(int node, long objects, long bytes)
    {
        var type = graph.TypeTable[graph.Types[node]];
        Add(type.Name, type.Kind, objects, bytes);
    }

    public void Add(string name, ObjectKind kind, long objects, long bytes)
    {
        var known = _types.GetValueOrDefault(name, new TypeNet(name, kind, 0, 0));
        _types[name] = known with { Objects = known.Objects + objects, Bytes = known.Bytes + bytes };
    }

    public IEnumerable<TypeNet> Largest() =>
        _types.Values.OrderByDescending(type => type.Bytes).ThenBy(type => type.Name, StringComparer.Ordinal);
}
