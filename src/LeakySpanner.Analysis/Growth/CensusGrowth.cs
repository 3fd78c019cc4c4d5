using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Growth;

/// <param name="Name">Qualified type name.</param>
/// <param name="Count">Objects now.</param>
/// <param name="Bytes">Their blocks now.</param>
/// <param name="CountChange">Since the first census.</param>
/// <param name="BytesChange">Since the first census.</param>
/// <param name="LastCountChange">Since the census before.</param>
public readonly record struct TypeGrowth(string Name, long Count, long Bytes, long CountChange, long BytesChange, long LastCountChange);

/// <param name="Address">The container.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Length">Entries now.</param>
/// <param name="Change">Since the first census in which it was listed.</param>
/// <param name="LastChange">Since the census before.</param>
public readonly record struct ContainerGrowth(Address Address, string Type, long Length, long Change, long LastChange);

/// <summary>
/// What grew between censuses: types by bytes, containers by entries, the fastest first. Only what is larger than at the
/// start is listed. A container too short to be listed in an earlier census counts from when it first was.
/// </summary>
public sealed class CensusGrowth
{
    private readonly Dictionary<string, TypeCount> _firstTypes;
    private readonly Dictionary<(Address Address, string Type), long> _firstLengths = [];
    private HeapCensus _last;

    public CensusGrowth(HeapCensus first)
    {
        _firstTypes = ByName(first);
        _last = first;
        Remember(first);
    }

    /// <summary>Compares with the first census and the one given before; call it once per census, in order.</summary>
    public (ImmutableArray<TypeGrowth> Types, ImmutableArray<ContainerGrowth> Containers) Add(HeapCensus census)
    {
        var lastTypes = ByName(_last);
        var lastLengths = new Dictionary<(Address, string), long>();
        foreach (var container in _last.Containers)
            lastLengths[(container.Address, container.Type)] = container.Length;
        Remember(census);

        var types = census.Types
            .Select(type =>
            {
                var first = _firstTypes.GetValueOrDefault(type.Name);
                var last = lastTypes.GetValueOrDefault(type.Name);
                return new TypeGrowth(type.Name, type.Count, type.Bytes, type.Count - first.Count, type.Bytes - first.Bytes, type.Count - last.Count);
            })
            .Where(growth => growth.CountChange > 0)
            .OrderByDescending(growth => growth.BytesChange).ThenBy(growth => growth.Name, StringComparer.Ordinal);
        var containers = census.Containers
            .Select(container =>
            {
                var key = (container.Address, container.Type);
                return new ContainerGrowth(
                    container.Address, container.Type, container.Length, container.Length - _firstLengths[key],
                    container.Length - lastLengths.GetValueOrDefault(key, container.Length));
            })
            .Where(growth => growth.Change > 0)
            .OrderByDescending(growth => growth.Change).ThenBy(growth => growth.Address);
        _last = census;
        return ([.. types], [.. containers]);
    }

    private static Dictionary<string, TypeCount> ByName(HeapCensus census)
    {
        var types = new Dictionary<string, TypeCount>(StringComparer.Ordinal);

        // Two classes may share a qualified name; together they are one line.
        foreach (var type in census.Types)
        {
            var sum = types.GetValueOrDefault(type.Name);
            types[type.Name] = new TypeCount(type.Name, sum.Count + type.Count, sum.Bytes + type.Bytes);
        }

        return types;
    }

    private void Remember(HeapCensus census)
    {
        foreach (var container in census.Containers)
            _firstLengths.TryAdd((container.Address, container.Type), container.Length);
    }
}
