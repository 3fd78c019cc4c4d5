using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// Follows growth from the roots down to where it gathers. Through things whose parts have names (modules, instances,
/// frames) every part that matters is followed. In a container, growth goes on down only where one entry has most of it;
/// where it spreads over the entries, the container is the place: a dict of a thousand growing lists, not the lists.
/// </summary>
internal sealed class GrowthDescent(HeapGraph graph, RootPaths paths, HeapMatch match, GrowthLedger ledger)
{
    /// <summary>Of a container's growth, what one entry must have to be followed instead.</summary>
    private const double Most = 0.7;

    /// <summary>Of all growth, what a place must have to be listed.</summary>
    private const double LeastShare = 0.02;
    private const long LeastBytes = 4096;

    /// <summary>A container of no more entries, none of them added lately, is rather a record of parts.</summary>
    private const int RecordLength = 8;

    /// <summary>So often may a type come again on the way down before it is taken for a linked structure.</summary>
    private const int RepeatedInstances = 3;
    private const int RepeatedContainers = 24;
    private const int Deepest = 400;

    private readonly List<GrowthSpot> _found = [];
    private readonly List<int> _trail = [];
    private readonly HashSet<int> _linked = [];
    private long _least;

    public List<GrowthSpot> Find()
    {
        var tops = new List<int>();
        var growing = 0L;
        foreach (var node in paths.Order)
        {
            if (paths.Parents[node] != RootPaths.AtRoot || ledger.BytesBelow(node) <= 0)
                continue;
            tops.Add(node);
            growing += ledger.BytesBelow(node);
        }

        _least = Math.Max(LeastBytes, (long)(growing * LeastShare));
        foreach (var node in tops.Where(node => ledger.BytesBelow(node) >= _least))
            Visit(node, 1);
        return [.. LinkedEntries.Gather(graph, paths, _found, _linked).OrderByDescending(spot => spot.Bytes)];
    }

    /// <param name="node">Where to look.</param>
    /// <param name="part">Of the growth below it, what is not merely a replacement of something gone: 0 to 1.</param>
    private void Visit(int node, double part)
    {
        if (FirstOfLinked(node) is { } first)
        {
            _linked.Add(first);
            Note(first, part);
            return;
        }

        _trail.Add(node);
        Follow(node, part);
        _trail.RemoveAt(_trail.Count - 1);
    }

    private void Follow(int node, double part)
    {
        var total = ledger.BytesBelow(node) * part;
        var children = Significant(node, part);
        if (IsGathering(node))
        {
            if (children.Count > 0 && children[0].Bytes * part >= Most * total)
                Visit(children[0].Node, children[0].Part * part);
            else
                Note(node, part);
            return;
        }

        var rest = total;
        foreach (var child in children)
        {
            rest -= child.Bytes * part;
            Visit(child.Node, child.Part * part);
        }

        // In a chain of single owners the last one that has no growing part of its own is the place.
        if (rest >= _least)
            _found.Add(new GrowthSpot(node, (long)Math.Round(rest), Share(rest, node), children.Count > 0));
    }

    private void Note(int node, double part)
    {
        if (!_found.Exists(spot => spot.Node == node))
            _found.Add(new GrowthSpot(node, (long)Math.Round(ledger.BytesBelow(node) * part), part, false));
    }

    private double Share(double bytes, int node) => Math.Clamp(bytes / Math.Max(1, ledger.BytesBelow(node)), 0, 1);

    private bool IsGathering(int node)
    {
        if (!DataContainers.Is(graph, node) || IsNamespace(node))
            return false;
        var id = new NodeId(node);
        return graph.LengthOf(id) > RecordLength || match.IsNew(node) || HasNewEntry(node);
    }

    private bool HasNewEntry(int node)
    {
        foreach (var target in graph.EdgesOf(new NodeId(node)))
        {
            if (target >= 0 && match.IsNew(target) && paths.Parents[target] == node)
                return true;
        }

        return false;
    }

    /// <summary>The dict of a module, class, function or instance.</summary>
    private bool IsNamespace(int node)
    {
        var parent = paths.Parents[node];
        return parent >= 0 && graph.KindOf(new NodeId(node)) == ObjectKind.Mapping
            && graph.Field(new NodeId(parent), "__dict__").Value == node;
    }

    /// <summary>
    /// Children that matter, the largest first. What is gone from a node is set against what is new in it: a value that was
    /// replaced by a larger one grew by the difference.
    /// </summary>
    private List<(int Node, double Bytes, double Part)> Significant(int node, double part)
    {
        var seen = new HashSet<int>();
        var children = new List<(int Node, double Bytes, double Part)>();
        foreach (var target in graph.EdgesOf(new NodeId(node)))
        {
            if (target >= 0 && paths.Parents[target] == node && ledger.BytesBelow(target) * part >= _least && seen.Add(target))
                children.Add((target, ledger.BytesBelow(target), 1));
        }

        children.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        var gone = (double)ledger.GoneAt(node).Bytes;
        for (var at = 0; at < children.Count && gone > 0; at++)
        {
            var (child, bytes, _) = children[at];
            if (!match.IsNew(child))
                continue;
            var left = Math.Max(0, bytes - gone);
            gone -= bytes - left;
            children[at] = (child, left, left / bytes);
        }

        children.RemoveAll(child => child.Bytes * part < _least);
        children.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        return children;
    }

    /// <summary>The first object of a linked structure (a list of links, nested pairs) that the way down has run into.</summary>
    private int? FirstOfLinked(int node)
    {
        if (_trail.Count >= Deepest)
            return _trail[0];
        var kind = graph.KindOf(new NodeId(node));
        var row = graph.TypeTable[graph.Types[node]].Name;
        var allowed = kind switch
        {
            ObjectKind.Instance => RepeatedInstances,
            ObjectKind.Mapping or ObjectKind.Sequence or ObjectKind.Cell or ObjectKind.Method or ObjectKind.Function => RepeatedContainers,
            _ => RepeatedInstances + 1,
        };
        var (count, first) = (0, -1);
        for (var at = _trail.Count - 1; at >= 0; at--)
        {
            if (graph.TypeTable[graph.Types[_trail[at]]].Name != row)
                continue;
            count++;
            first = _trail[at];
        }

        return count >= allowed ? first : null;
    }
}
