using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Routes;

/// <summary>
/// Starlette and FastAPI: from each application down its router's list, mounted applications under their prefix. What becomes of a
/// router that was included depends on FastAPI's version: it has left copies of its routes with their full paths, or (newer ones)
/// it stands in the list itself, and what was said when it was included, a prefix and dependencies, stands beside it.
/// </summary>
internal sealed class StarletteRoutes(RouteTable table)
{
    private const int DeepestMount = 8;
    private const int MostDependencies = 64;

    private readonly HashSet<NodeId> _mounted = [];
    private readonly HashSet<NodeId> _onPath = [];

    public void Read()
    {
        var applications = table.InstancesOf("starlette.applications.Starlette");
        foreach (var mount in table.InstancesOf("starlette.routing.Mount", "starlette.routing.Host"))
            _mounted.Add(ApplicationOf(mount));
        foreach (var application in applications.Where(application => !_mounted.Contains(application)))
        {
            ReadMiddleware(application);
            ReadApplication(application, "", 0);
        }

        if (applications.Count > 0)
            return;
        foreach (var route in table.InstancesOf("starlette.routing.Route", "starlette.routing.WebSocketRoute"))
            ReadRoute(route, "", []);
    }

    private NodeId ApplicationOf(NodeId mount)
    {
        var bare = table.Attribute(mount, "_base_app");
        return bare.IsNone ? table.Attribute(mount, "app") : bare;
    }

    private void ReadApplication(NodeId application, string prefix, int depth)
    {
        var router = table.Attribute(application, "router");
        ReadRoutes(table.Attribute(router.IsNone ? application : router, "routes"), prefix, [], depth);
    }

    /// <param name="routes">A router's list.</param>
    /// <param name="prefix">What stands before all of its paths.</param>
    /// <param name="included">What runs before each of its endpoints because of how it was included.</param>
    /// <param name="depth">Of lists in lists.</param>
    private void ReadRoutes(NodeId routes, string prefix, ImmutableArray<NodeId> included, int depth)
    {
        if (routes.IsNone || depth > DeepestMount || table.IsFull || !_onPath.Add(routes))
            return;
        foreach (var route in table.Items(routes))
        {
            if (table.IsA(route, "starlette.routing.Mount"))
                ReadApplication(ApplicationOf(route), prefix + table.Text(route, "path"), depth + 1);
            else if (table.IsA(route, "starlette.routing.Host"))
                ReadApplication(ApplicationOf(route), prefix, depth + 1);
            else if (table.IsA(route, "fastapi.routing._IncludedRouter"))
                ReadIncluded(route, prefix, included, depth + 1);
            else
                ReadRoute(route, prefix, included);
        }

        _onPath.Remove(routes);
    }

    private void ReadIncluded(NodeId inclusion, string prefix, ImmutableArray<NodeId> included, int depth)
    {
        var context = table.Attribute(inclusion, "include_context");
        var dependencies = included.ToBuilder();
        foreach (var dependency in table.Items(table.Attribute(context, "dependencies")))
        {
            if (dependencies.Count < MostDependencies && table.Attribute(dependency, "dependency") is { IsNone: false } call)
                dependencies.Add(call);
        }

        ReadRoutes(table.Attribute(table.Attribute(inclusion, "original_router"), "routes"), prefix + table.Text(context, "prefix"), dependencies.ToImmutable(), depth);
    }

    private void ReadRoute(NodeId route, string prefix, ImmutableArray<NodeId> included)
    {
        if (table.Text(route, "path") is not { } path)
            return;
        var method = table.IsA(route, "starlette.routing.WebSocketRoute") ? "WEBSOCKET" : table.MethodsOf(table.Attribute(route, "methods"));
        var dependencies = included.ToBuilder();
        var dependant = table.Attribute(route, "dependant");
        AddDependencies(dependant, dependencies, 0);
        var endpoint = table.Attribute(route, "endpoint");
        table.Add(method, prefix + path, endpoint.IsNone ? table.Attribute(dependant, "call") : endpoint, dependencies.ToImmutable());
    }

    private void AddDependencies(NodeId dependant, ImmutableArray<NodeId>.Builder dependencies, int depth)
    {
        if (depth > DeepestMount)
            return;
        foreach (var dependency in table.Items(table.Attribute(dependant, "dependencies")))
        {
            var call = table.Attribute(dependency, "call");
            if (dependencies.Count >= MostDependencies)
                return;
            if (!call.IsNone && !dependencies.Contains(call))
                dependencies.Add(call);
            AddDependencies(dependency, dependencies, depth + 1);
        }
    }

    /// <summary>What the application adds runs for every request: a class, or the function given as "dispatch".</summary>
    private void ReadMiddleware(NodeId application)
    {
        foreach (var middleware in table.Items(table.Attribute(application, "user_middleware")))
        {
            var options = table.Attribute(middleware, "options");
            if (options.IsNone)
                options = table.Attribute(middleware, "kwargs");
            var dispatch = table.Objects.Entry(options, "dispatch");
            table.Add(RouteTable.AnyMethod, "*", dispatch.IsNone ? table.Attribute(middleware, "cls") : dispatch, []);
        }
    }
}
