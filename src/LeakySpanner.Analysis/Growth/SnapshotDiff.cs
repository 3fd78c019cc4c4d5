using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <param name="Name">Type name.</param>
/// <param name="ObjectsBefore">In the first snapshot.</param>
/// <param name="Objects">In the second.</param>
/// <param name="BytesBefore">Shallow, in the first snapshot.</param>
/// <param name="Bytes">Shallow, in the second.</param>
public readonly record struct TypeChange(string Name, long ObjectsBefore, long Objects, long BytesBefore, long Bytes)
{
    public long ObjectsChange => Objects - ObjectsBefore;

    public long BytesChange => Bytes - BytesBefore;
}

/// <summary>What changed between two snapshots: of one process at two moments, or of two processes.</summary>
/// <param name="Types">Every type whose objects or bytes changed, by the size of the change.</param>
/// <param name="Growth">Where it gathered, and new garbage; null where the snapshots are of different processes, whose
/// addresses mean nothing to each other.</param>
/// <param name="SharedObjects">Objects that are in both, by address and type.</param>
public sealed record SnapshotDiff(ImmutableArray<TypeChange> Types, HeapGrowth? Growth, long SharedObjects)
{
    /// <summary>Of the smaller snapshot's objects, what two snapshots of one process share at least: its code and modules.</summary>
    private const double LeastShared = 0.1;

    public static SnapshotDiff Between(HeapSnapshot before, HeapSnapshot after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var baseline = HeapBaseline.Of(before, RootPaths.Compute(before.Graph));
        var paths = RootPaths.Compute(after.Graph);
        var match = new HeapMatch(baseline, after.Graph, paths);
        var shared = 0L;
        for (var node = 0; node < after.Graph.NodeCount; node++)
            shared += match.IsNew(node) ? 0 : 1;
        var isSameProcess = shared >= LeastShared * Math.Min(before.Graph.NodeCount, after.Graph.NodeCount);
        return new SnapshotDiff(ChangesOf(before.Graph, after.Graph), isSameProcess ? HeapGrowth.Between(baseline, after, paths) : null, shared);
    }

    private static ImmutableArray<TypeChange> ChangesOf(HeapGraph before, HeapGraph after)
    {
        var changes = new Dictionary<string, TypeChange>(StringComparer.Ordinal);
        foreach (var (name, objects, bytes) in ByName(before))
            changes[name] = new TypeChange(name, objects, 0, bytes, 0);
        foreach (var (name, objects, bytes) in ByName(after))
            changes[name] = changes.GetValueOrDefault(name, new TypeChange(name, 0, 0, 0, 0)) with { Objects = objects, Bytes = bytes };
        return [.. changes.Values.Where(change => change.ObjectsChange != 0 || change.BytesChange != 0)
            .OrderByDescending(change => Math.Abs(change.BytesChange)).ThenByDescending(change => Math.Abs(change.ObjectsChange))
            .ThenBy(change => change.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Name, long Objects, long Bytes)> ByName(HeapGraph graph)
    {
        var objects = new long[graph.TypeTable.Length];
        var bytes = new long[graph.TypeTable.Length];
        for (var node = 0; node < graph.NodeCount; node++)
        {
            objects[graph.Types[node]]++;
            bytes[graph.Types[node]] += graph.SizeOf(new NodeId(node));
        }

        return graph.TypeTable.Select((type, row) => (type.Name, Row: row)).GroupBy(type => type.Name, StringComparer.Ordinal)
            .Select(rows => (rows.Key, rows.Sum(row => objects[row.Row]), rows.Sum(row => bytes[row.Row])));
    }
}
