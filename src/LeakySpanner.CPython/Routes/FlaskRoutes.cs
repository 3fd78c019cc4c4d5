using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Routes;

/// <summary>Flask: rules of the application's url map, which name the view functions that serve them.</summary>
internal sealed class FlaskRoutes(RouteTable table)
{
    /// <summary>Hooks by blueprint, each a list of functions that run for every request of it.</summary>
    private static readonly string[] Hooks = ["before_request_funcs", "after_request_funcs", "teardown_request_funcs"];

    public void Read()
    {
        foreach (var application in table.InstancesOf("flask.app.Flask"))
        {
            var views = ViewsOf(table.Attribute(application, "view_functions"));
            foreach (var rule in RulesOf(table.Attribute(application, "url_map")))
            {
                if (table.Text(rule, "rule") is { } template && table.Text(rule, "endpoint") is { } name && views.TryGetValue(name, out var view))
                    table.Add(table.MethodsOf(table.Attribute(rule, "methods")), template, view, []);
            }

            foreach (var function in Hooks.SelectMany(hook => table.Items(table.Attribute(application, hook))).SelectMany(table.Items))
                table.Add(RouteTable.AnyMethod, "*", function, []);
        }
    }

    private Dictionary<string, NodeId> ViewsOf(NodeId views)
    {
        var found = new Dictionary<string, NodeId>();
        if (views.IsNone || table.Graph.TypeOf(views).Tail != EdgeTail.Pairs)
            return found;
        var pairs = table.Objects.Tail(views);
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            if (pairs[i] >= 0 && pairs[i + 1] >= 0 && table.Text(new NodeId(pairs[i])) is { } name)
                found.TryAdd(name, new NodeId(pairs[i + 1]));
        }

        return found;
    }

    /// <summary>Werkzeug before 2.2 keeps a list; later versions keep lists by endpoint.</summary>
    private List<NodeId> RulesOf(NodeId map)
    {
        var rules = table.Attribute(map, "_rules");
        return rules.IsNone ? [.. table.Items(table.Attribute(map, "_rules_by_endpoint")).SelectMany(table.Items)] : table.Items(rules);
    }
}
