using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Routes;

/// <summary>
/// Django: resolvers hold patterns and further resolvers. What a resolver has not resolved yet (no request came) is read
/// from its module's urlpatterns.
/// </summary>
internal sealed class DjangoRoutes(RouteTable table)
{
    private const int DeepestInclude = 12;

    private readonly HashSet<NodeId> _included = [];
    private readonly HashSet<NodeId> _onPath = [];

    public void Read()
    {
        var resolvers = table.InstancesOf("django.urls.resolvers.URLResolver");
        foreach (var resolver in resolvers)
            _included.UnionWith(PatternsOf(resolver));
        foreach (var resolver in resolvers.Where(resolver => !_included.Contains(resolver)))
            ReadResolver(resolver, "", 0);
    }

    private void ReadResolver(NodeId resolver, string prefix, int depth)
    {
        if (depth > DeepestInclude || table.IsFull || !_onPath.Add(resolver))
            return;
        var path = prefix + PathOf(resolver);
        foreach (var pattern in PatternsOf(resolver))
        {
            if (table.IsA(pattern, "django.urls.resolvers.URLResolver"))
            {
                ReadResolver(pattern, path, depth + 1);
                continue;
            }

            var callback = table.Attribute(pattern, "callback");
            var view = table.Attribute(callback, "view_class");
            table.Add(RouteTable.AnyMethod, path + PathOf(pattern), view.IsNone ? callback : view, []);
        }

        _onPath.Remove(resolver);
    }

    private List<NodeId> PatternsOf(NodeId resolver)
    {
        var patterns = table.Attribute(resolver, "url_patterns");
        if (patterns.IsNone)
            patterns = table.Attribute(resolver, "urlconf_module");
        if (patterns.IsNone)
            patterns = table.Attribute(resolver, "urlconf_name");
        if (!patterns.IsNone && table.Graph.KindOf(patterns) == ObjectKind.Module)
            patterns = table.Attribute(patterns, "urlpatterns");
        return patterns.IsNone || table.Graph.KindOf(patterns) == ObjectKind.Text ? [] : table.Items(patterns);
    }

    /// <summary>The root's own pattern is the regular expression "^/".</summary>
    private string PathOf(NodeId node)
    {
        var pattern = table.Attribute(node, "pattern");
        var text = table.Text(pattern, "_route") ?? table.Text(pattern, "_regex") ?? "";
        return text == "^/" ? "/" : text;
    }
}
