using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// Who refers to an object, and by what name. Looks through all edges for the object, one vectorised pass each time:
/// cheaper than an index of all referrers, because only a few suspects are asked about.
/// </summary>
internal sealed class HolderSearch(ProgramIndex program)
{
    private const int MostHolders = 64;

    private readonly HeapGraph _graph = program.Graph;
    private readonly Dictionary<int, List<int>> _referrers = [];

    public List<Holder> HoldersOf(NodeId node)
    {
        var holders = new List<Holder>();
        foreach (var referrer in ReferrersOf(node))
            Describe(new NodeId(referrer), node, holders);
        return holders;
    }

    /// <summary>Attribute names by which an object is held by other objects: "state" for what app.state holds.</summary>
    public HashSet<string> NamesOf(NodeId node) =>
        [.. HoldersOf(node).Where(holder => holder.Name.Length > 0).Select(holder => holder.Name)];

    private List<int> ReferrersOf(NodeId node)
    {
        if (_referrers.TryGetValue(node.Value, out var known))
            return known;
        var found = new List<int>();
        var edges = _graph.Edges;
        var starts = _graph.EdgeStarts;
        var at = 0;
        while (found.Count < MostHolders)
        {
            var next = edges[at..].IndexOf(node.Value);
            if (next < 0)
                break;
            at += next;
            var referrer = starts.BinarySearch(at + 1);
            referrer = referrer >= 0 ? referrer - 1 : ~referrer - 1;

            // Empty rows share a start; the row that holds the edge is the last that starts at or before it.
            while (referrer > 0 && starts[referrer] > at)
                referrer--;
            while (referrer + 1 < _graph.NodeCount && starts[referrer + 1] <= at)
                referrer++;
            found.Add(referrer);
            at = starts[referrer + 1];
        }

        _referrers.Add(node.Value, found);
        return found;
    }

    private void Describe(NodeId referrer, NodeId node, List<Holder> holders)
    {
        var type = _graph.TypeOf(referrer);
        var edges = _graph.EdgesOf(referrer);
        var at = edges.IndexOf(node.Value);
        if (at < 0)
            return;
        var field = at < type.Fields.Length ? type.Fields[at] : "";
        switch (type.Kind)
        {
            case ObjectKind.Cell:
                holders.Add(new Holder(HolderKind.Cell, referrer, ""));
                return;
            case ObjectKind.Frame or ObjectKind.Coroutine:
                if (field.Length > 0)
                    holders.Add(new Holder(HolderKind.Local, referrer, field));
                return;
            case ObjectKind.Cache:
                holders.Add(new Holder(HolderKind.Memo, referrer, ""));
                return;
            case ObjectKind.Function or ObjectKind.Code or ObjectKind.Module or ObjectKind.Type or ObjectKind.WeakReference:
                return;
            default:
                break;
        }

        if (field.Length > 0)
        {
            holders.Add(new Holder(HolderKind.Attribute, referrer, field));
            return;
        }

        if (type.Tail == EdgeTail.Pairs)
        {
            DescribeEntry(referrer, KeyOf(referrer, node), holders);
            return;
        }

        if (type.Tail is EdgeTail.Items or EdgeTail.Members)
            DescribeItem(referrer, holders);
    }

    /// <summary>A dict may be the globals of functions, the __dict__ of an object, or just a dict.</summary>
    private void DescribeEntry(NodeId dict, string name, List<Holder> holders)
    {
        var before = holders.Count;
        foreach (var owner in ReferrersOf(dict))
        {
            var node = new NodeId(owner);
            var type = _graph.TypeOf(node);
            var at = _graph.EdgesOf(node).IndexOf(dict.Value);
            var field = at >= 0 && at < type.Fields.Length ? type.Fields[at] : "";
            if (field == "__kwdefaults__")
                holders.Add(new Holder(HolderKind.Default, node, name));
            else if (name.Length == 0)
                continue;
            else if (type.Kind == ObjectKind.Module || field == "__globals__")
                AddOnce(holders, new Holder(HolderKind.Global, dict, name));
            else if (type.Kind == ObjectKind.Type)
                holders.Add(new Holder(HolderKind.ClassAttribute, node, name));
            else if (field.StartsWith('_') && type.Kind != ObjectKind.Function)
                holders.Add(new Holder(HolderKind.Attribute, node, name));
            else if (type.Tail == EdgeTail.Pairs && KeyOf(node, dict).StartsWith('_'))
                DescribeLent(node, name, holders);
        }

        if (holders.Count == before || name.Length == 0)
            holders.Add(new Holder(HolderKind.Item, dict, name));
    }

    /// <summary>The first key under which a dict holds an object; "" where that is no name.</summary>
    private string KeyOf(NodeId dict, NodeId value)
    {
        var tail = program.Objects.Tail(dict);
        for (var i = 0; i + 1 < tail.Length; i += 2)
        {
            if (tail[i + 1] == value.Value)
                return tail[i] >= 0 && _graph.Names.TryGetValue(tail[i], out var name) ? name : "";
        }

        return "";
    }

    /// <summary>An object may lend the keys of a private dict of its own as attributes: Starlette's State does.</summary>
    private void DescribeLent(NodeId attributes, string name, List<Holder> holders)
    {
        foreach (var owner in ReferrersOf(attributes))
        {
            var node = new NodeId(owner);
            if (_graph.Field(node, "__dict__") == attributes && _graph.KindOf(node) is not (ObjectKind.Function or ObjectKind.Module or ObjectKind.Type))
                holders.Add(new Holder(HolderKind.Attribute, node, name));
        }
    }

    private void DescribeItem(NodeId sequence, List<Holder> holders)
    {
        foreach (var owner in ReferrersOf(sequence))
        {
            var node = new NodeId(owner);
            if (_graph.KindOf(node) == ObjectKind.Function && _graph.Field(node, "__defaults__") == sequence)
                holders.Add(new Holder(HolderKind.Default, node, ""));
        }

        holders.Add(new Holder(HolderKind.Item, sequence, ""));
    }

    private static void AddOnce(List<Holder> holders, Holder holder)
    {
        if (!holders.Contains(holder))
            holders.Add(holder);
    }
}
