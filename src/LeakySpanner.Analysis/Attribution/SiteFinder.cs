using System.Collections.Immutable;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// The lines that fill and empty a container, inferred from code objects: a use counts where its access path leads to
/// the container itself, or fits how the container is held.
/// </summary>
/// <param name="program">The program in the heap.</param>
/// <param name="workingDirectory">Of the target, to show files relative to it; or null.</param>
public sealed class SiteFinder(ProgramIndex program, string? workingDirectory = null)
{
    private const int DeepestNesting = 3;

    private readonly HeapGraph _graph = program.Graph;
    private readonly PathResolver _resolver = new(program);
    private readonly HolderSearch _holders = new(program);

    public SiteReport Find(NodeId container)
    {
        var uses = new Dictionary<(NodeId Code, int Line, CodeAction Action, string Method), ContainerUse>();
        Collect(container, container, 0, 0, uses);
        if (!uses.Values.Any(use => use.Action == CodeAction.Add && program.IsApplication(use.Code)))
            CollectFromWrappers(container, uses);

        // Where the application fills it, what a library could do to it (any Counter has a __delitem__) is not evidence.
        if (uses.Values.Any(use => use.Action == CodeAction.Add && program.IsApplication(use.Code)))
        {
            foreach (var key in uses.Where(pair => !program.IsApplication(pair.Value.Code)).Select(pair => pair.Key).ToList())
                uses.Remove(key);
        }

        var grows = uses.Values.Where(use => use.Action == CodeAction.Add && Grows(container, use.Method)).ToList();
        var surest = grows.Count == 0 ? SiteCertainty.SameName : grows.Max(use => use.Certainty);
        var fills = grows.Where(use => use.Certainty == surest)
            .OrderBy(use => IsSetup(use.Site.Function) ? 1 : 0).ThenBy(use => use.Site.File, StringComparer.Ordinal).ThenBy(use => use.Site.Line).ToImmutableArray();
        var removals = Of(uses.Values, surest, CodeAction.Remove, CodeAction.Evict, CodeAction.Rebind)
            .RemoveAll(use => use.Action == CodeAction.Rebind && IsSetup(use.Site.Function));
        var reads = Of(uses.Values, surest, CodeAction.Measure);
        return Judge(container, fills, removals, reads);
    }

    private static ImmutableArray<ContainerUse> Of(IEnumerable<ContainerUse> uses, SiteCertainty least, params CodeAction[] actions) =>
        [.. uses.Where(use => use.Certainty >= least && actions.Contains(use.Action)).OrderBy(use => use.Site.File, StringComparer.Ordinal).ThenBy(use => use.Site.Line)];

    private SiteReport Judge(NodeId container, ImmutableArray<ContainerUse> fills, ImmutableArray<ContainerUse> removals, ImmutableArray<ContainerUse> reads)
    {
        if (_graph.Bounds.TryGetValue(container.Value, out var bound) && bound >= 0)
            return new SiteReport(fills, removals, reads, Eviction.Bounded, null);
        foreach (var removal in removals)
        {
            if (removal.Action != CodeAction.Remove && reads.Any(read => read.Code == removal.Code))
                return new SiteReport(fills, removals, reads, Eviction.Bounded, removal.Site);

            // "log = log[-100:]" needs no question about its length.
            if (removal.Method is "[:]" or "[:]=" && fills.Any(fill => fill.Code == removal.Code))
                return new SiteReport(fills, removals, reads, Eviction.Bounded, removal.Site);
        }

        return removals.IsEmpty
            ? new SiteReport(fills, removals, reads, Eviction.None, null)
            : new SiteReport(fills, removals, reads, Eviction.Paired, removals[0].Site);
    }

    /// <summary>Notes the uses of one object; those of what holds it as an item, with "[]" after the path, too.</summary>
    private void Collect(NodeId container, NodeId node, int items, int depth, Dictionary<(NodeId, int, CodeAction, string), ContainerUse> uses)
    {
        var holders = _holders.HoldersOf(node);
        var attributes = holders.Where(holder => holder.Kind is HolderKind.Attribute or HolderKind.ClassAttribute)
            .GroupBy(holder => holder.Name).ToDictionary(group => group.Key, group => group.ToList());
        var globals = holders.Where(holder => holder.Kind == HolderKind.Global).Select(holder => holder.Name).ToHashSet();
        var cells = holders.Where(holder => holder.Kind == HolderKind.Cell).Select(holder => holder.Owner).ToHashSet();
        var defaults = holders.Where(holder => holder.Kind == HolderKind.Default).Select(holder => holder.Owner).ToHashSet();
        var locals = holders.Where(holder => holder.Kind == HolderKind.Local)
            .Select(holder => (Code: CodeOfFrame(holder.Owner), holder.Name)).ToHashSet();
        var own = program.Objects.ClassOf(node);
        foreach (var code in _graph.Codes)
        {
            foreach (var use in code.Uses)
            {
                if (use.Action == CodeAction.Call || ItemsAtEnd(use.Path) is var found && found != items && !CreatesByReading(node, items, found, use))
                    continue;
                if (Match(code, use, found, node, own, globals, attributes, cells, defaults, locals) is { } certainty)
                    Note(uses, code, use, certainty);
            }
        }

        foreach (var memo in holders.Where(holder => holder.Kind == HolderKind.Memo))
            NoteMemo(memo.Owner, uses);
        if (depth >= DeepestNesting)
            return;
        foreach (var holder in holders.Where(holder => holder.Kind == HolderKind.Item).DistinctBy(holder => holder.Owner).Take(4))
            Collect(container, holder.Owner, items + 1, depth + 1, uses);
    }

    /// <summary>A defaultdict gets an entry where it is merely read: GROUPS[k].append(v).</summary>
    private bool CreatesByReading(NodeId node, int items, int found, CodeUse use) =>
        found == items + 1 && use.Action == CodeAction.Add && _graph.TypeOf(node).Name.EndsWith("defaultdict", StringComparison.Ordinal);

    private SiteCertainty? Match(
        CodeInfo code,
        CodeUse use,
        int items,
        NodeId node,
        NodeId own,
        HashSet<string> globals,
        Dictionary<string, List<Holder>> attributes,
        HashSet<NodeId> cells,
        HashSet<NodeId> defaults,
        HashSet<(NodeId Code, string Name)> locals)
    {
        var path = use.Path;
        var depth = path.Attributes.Length - items;
        var last = depth > 0 ? path.Attributes[depth - 1] : path.Name;
        var fitsAttribute = depth > 0 && attributes.ContainsKey(last);
        if (depth == 0)
        {
            if (path.Origin == PathOrigin.Local && locals.Contains((code.Node, path.Name)))
                return SiteCertainty.Identical;
            var possible = path.Origin switch
            {
                PathOrigin.Global => globals.Contains(path.Name),
                PathOrigin.Cell => cells.Count > 0,
                PathOrigin.Local => defaults.Count > 0 || path.Name is "self",
                _ => false,
            };
            if (!possible)
                return null;
        }
        else if (!fitsAttribute && !globals.Contains(last))
        {
            return null;
        }

        var certainty = (SiteCertainty?)null;
        foreach (var function in program.FunctionsOf(code.Node))
        {
            if (depth == 0 && path.Origin == PathOrigin.Local && defaults.Contains(function) && path.Name is not "self")
                return SiteCertainty.Identical;
            if (path.Origin == PathOrigin.Cell && depth == 0 && cells.Contains(_resolver.CellOf(function, path.Name)))
                return SiteCertainty.Identical;
            var type = program.ClassOfFunction(function);
            if (depth == 0 && path.Origin == PathOrigin.Local)
            {
                if (path.Name == "self" && !own.IsNone && !type.IsNone && program.Objects.ResolutionOrder(own).Contains(type.Value))
                    return SiteCertainty.Identical;
                continue;
            }

            var resolved = _resolver.Resolve(function, path, depth);
            if (resolved == node)
                return SiteCertainty.Identical;
            if (!fitsAttribute)
                continue;
            if (depth == 1 && path.Name is "self" or "cls" && !type.IsNone)
            {
                if (attributes[last].Any(holder => IsHeldBy(holder, type)))
                    return SiteCertainty.Identical;

                // A class that has nothing to do with the holder: the same name by chance.
                return null;
            }

            if (path.Origin == PathOrigin.Global && !resolved.IsNone)
                continue;
            certainty = Larger(certainty, depth > 1 && attributes[last].Any(holder => _holders.NamesOf(holder.Owner).Contains(path.Attributes[depth - 2]))
                || (depth == 1 && attributes[last].Any(holder => _holders.NamesOf(holder.Owner).Contains(path.Name)))
                    ? SiteCertainty.SameAttribute
                    : SiteCertainty.SameName);
        }

        return certainty;
    }

    /// <summary>True where the class that holds the container is the function's class, or derives from it or is its base.</summary>
    private bool IsHeldBy(Holder holder, NodeId type)
    {
        var owner = holder.Kind == HolderKind.ClassAttribute ? holder.Owner : program.Objects.ClassOf(holder.Owner);
        return !owner.IsNone
            && (program.Objects.ResolutionOrder(owner).Contains(type.Value) || program.Objects.ResolutionOrder(type).Contains(owner.Value));
    }

    /// <summary>
    /// Where only library code fills it, what the application calls is the object around it: a queue's deque, a cache's dict.
    /// </summary>
    private void CollectFromWrappers(NodeId container, Dictionary<(NodeId, int, CodeAction, string), ContainerUse> uses)
    {
        var inner = new Dictionary<(NodeId, int, CodeAction, string), ContainerUse>();
        foreach (var holder in _holders.HoldersOf(container).Where(holder => holder.Kind == HolderKind.Attribute).Take(4))
            Collect(holder.Owner, holder.Owner, 0, 1, inner);
        foreach (var (key, use) in inner.Where(pair => program.IsApplication(pair.Value.Code) && pair.Value.Action != CodeAction.Rebind))
            uses.TryAdd(key, use);
    }

    /// <summary>Of a frame, or of a coroutine that is one. A frame that knows its function knows it so; others name the code itself.</summary>
    private NodeId CodeOfFrame(NodeId frame)
    {
        var function = _graph.Field(frame, "__function__");
        return function.IsNone ? _graph.Field(frame, "f_code") : _graph.Field(function, "__code__");
    }

    private void NoteMemo(NodeId memo, Dictionary<(NodeId, int, CodeAction, string), ContainerUse> uses)
    {
        var function = program.Objects.Attribute(memo, "__wrapped__");
        if (!function.IsNone && program.CodeAt(_graph.Field(function, "__code__")) is { } code)
            Note(uses, code, new CodeUse(code.FirstLine, CodeAction.Add, new AccessPath(PathOrigin.Unknown, code.Name, []), "memoize"), SiteCertainty.Identical);
    }

    private void Note(Dictionary<(NodeId, int, CodeAction, string), ContainerUse> uses, CodeInfo code, CodeUse use, SiteCertainty certainty)
    {
        var key = (code.Node, use.Line, use.Action, use.Method);
        if (uses.TryGetValue(key, out var known) && known.Certainty >= certainty)
            return;
        var site = new Site(SourceFiles.Shown(code.File, workingDirectory), use.Line, code.Name);
        uses[key] = new ContainerUse(code.Node, site, use.Action, use.Method, certainty);
    }

    /// <summary>Whether that method makes a container of this kind longer: "x[i] = v" does not lengthen a list.</summary>
    private bool Grows(NodeId container, string method) =>
        _graph.KindOf(container) switch
        {
            ObjectKind.Sequence or ObjectKind.Queue => method is not "[]=" and not "setdefault" and not "__setitem__",
            ObjectKind.Mapping => method is not "appendleft" and not "extendleft" and not "insert",
            ObjectKind.Set => method is not "[]=" and not "setdefault" and not "append",
            _ => true,
        };

    private static bool IsSetup(string function) =>
        function.EndsWith("__init__", StringComparison.Ordinal) || function.EndsWith("__new__", StringComparison.Ordinal) || function == "<module>";

    private static SiteCertainty? Larger(SiteCertainty? a, SiteCertainty b) => a is { } known && known > b ? known : b;

    private static int ItemsAtEnd(AccessPath path)
    {
        var count = 0;
        while (count < path.Attributes.Length && path.Attributes[^(count + 1)] == "[]")
            count++;
        return count;
    }
}
