using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Reports;

/// <summary>What grew between two snapshots, and below which objects.</summary>
public static class DiffText
{
    public static void Write(ReportWriter writer, HeapSnapshot before, HeapSnapshot after, HeapGrowth growth, int rows)
    {
        writer.Line(
            Piece.Strong($"{Phrase.CountChange(growth.NetObjects)} objects, {Phrase.Change(growth.NetBytes)}"),
            $"   ({Phrase.Count(before.Graph.NodeCount)} before, {Phrase.Count(after.Graph.NodeCount)} after; {after.Runtime})");
        if (before.Command != after.Command)
            writer.Line(Piece.Faint("note: "), "the snapshots are of different commands; what follows compares what happens to have the same address");
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

        writer.Blank();
        if (!growth.Types.IsEmpty)
        {
            TableText.Write(writer, 0, ["bytes", "objects", "type"], [.. growth.Types.Take(rows).Select(type => new[]
            {
                Phrase.Change(type.Bytes), Phrase.CountChange(type.Objects), type.Name,
            })]);
            More(writer, growth.Types.Length - rows, "other type");
        }

        if (growth.Unreachable.NetBytes > 0)
        {
            writer.Blank();
            writer.Line(
                $"no root leads to {Phrase.Change(growth.Unreachable.NetBytes)} more: {Phrase.Bytes(growth.Unreachable.NetCyclicBytes)} in new cycles, "
                + $"{Phrase.Bytes(growth.Unreachable.DetachedBytes)} that no object holds");
        }
    }

    private static void More(ReportWriter writer, int count, string noun)
    {
        if (count > 0)
            writer.Line(Piece.Faint($"and {Phrase.Plural(count, noun)}; --rows shows more"));
    }
}
