using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <param name="Name">As one dotted name.</param>
/// <param name="Segments">For a person, from the root on.</param>
public sealed record ContainerName(string Name, ImmutableArray<string> Segments);

/// <summary>
/// Who the containers of the first snapshot are, by address, so that a census can name what grows when no other snapshot can be taken: the
/// process may be killed at any moment. Only those nearest to their roots, some megabytes of names at most.
/// </summary>
public sealed class ContainerNames
{
    private const int Most = 10_000;

    private readonly Dictionary<Address, ContainerName> _names = [];

    private ContainerNames()
    {
    }

    public static ContainerNames Of(HeapGraph graph, RootPaths paths)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(paths);
        var names = new ContainerNames();
        foreach (var node in paths.Order)
        {
            if (!DataContainers.Is(graph, node) || paths.PathTo(new NodeId(node)) is not { } path)
                continue;
            names._names.TryAdd(graph.AddressOf(new NodeId(node)), new ContainerName(path.Name, path.Segments));
            if (names._names.Count == Most)
                break;
        }

        return names;
    }

    /// <summary>Null for one that was too far from a root, or made since.</summary>
    public ContainerName? Of(Address address) => _names.GetValueOrDefault(address);
}
