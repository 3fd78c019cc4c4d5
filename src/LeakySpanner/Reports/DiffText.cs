using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Reports;

/// <summary>What grew between two snapshots, and below which objects.</summary>
public static class DiffText
{
    public static void Write(ReportWriter writer, HeapSnapshot before, HeapSnapshot after, SnapshotDiff diff, int rows)
    {
        var (from, to) = (before.Graph.NodeCount, after.Graph.NodeCount);
        writer.Line(
            Piece.Strong($"{Phrase.CountChange(to - from)} objects, {Phrase.Change(diff.Types.Sum(type => type.BytesChange))}"),
            $"   ({Phrase.Count(from)} before, {Phrase.Count(to)} after; {after.Runtime})");
        if (diff.Growth is { } growth)
            WriteHolders(writer, growth, rows);
        else
            writer.Line(Piece.Faint("note: "), "these are snapshots of different processes: only their types can be compared");
        if (diff.Types.IsEmpty)
            return;
        writer.Blank();
        TableText.Write(writer, 0, ["bytes", "objects", "type"], [.. diff.Types.Take(rows).Select(type => new[]
        {
            Phrase.Change(type.BytesChange), Phrase.CountChange(type.ObjectsChange), type.Name,
        })]);
        More(writer, diff.Types.Length - rows, "other type");
    }

    private static void WriteHolders(ReportWriter writer, HeapGrowth growth, int rows)
    {
        writer.Blank();
        if (growth.Holders.IsEmpty)
        {
            writer.Line("no container or object gathers growth");
        }
        else
        {
            TableText.Write(writer, 0, ["bytes", "objects", "entries", "holder"], [.. growth.Holders.Take(rows).Select(holder => new[]
            {
                Phrase.Change(holder.NetBytes), Phrase.CountChange(holder.NetObjects),
                holder.NetEntries is { } entries ? Phrase.CountChange(entries) : "", $"{holder.Path.Name} ({holder.Type})",
            })]);
            More(writer, growth.Holders.Length - rows, "other holder");
        }

        if (growth.Unreachable.NetBytes > 0)
        {
            writer.Line(
                $"no root leads to {Phrase.Bytes(growth.Unreachable.NetBytes)} more than before: {Phrase.Bytes(growth.Unreachable.NetCyclicBytes)} in new cycles, "
                + $"{Phrase.Bytes(growth.Unreachable.DetachedBytes)} that no object holds");
        }
    }

    private static void More(ReportWriter writer, int count, string noun)
    {
        if (count > 0)
            writer.Line(Piece.Faint($"and {Phrase.Plural(count, noun)}; --rows shows more"));
    }
}
