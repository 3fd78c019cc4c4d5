using LeakySpanner.CPython.Routes;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Routes;

public sealed class RouteReaderTests
{
    private readonly ProgramHeap _heap = new();

    [Fact]
    public void Reads_fastapi_routes_with_mounts_methods_and_dependencies()
    {
        var starlette = _heap.Class("starlette.applications.Starlette", _heap.Dict());
        var fastapi = _heap.Class("fastapi.applications.FastAPI", _heap.Dict(), starlette);
        var route = _heap.Class("starlette.routing.Route", _heap.Dict());
        var apiRoute = _heap.Class("fastapi.routing.APIRoute", _heap.Dict(), route);
        var (search, child, user, token) = (Function("search"), Function("child"), Function("user"), Function("token"));
        var dependant = Dependant(search, Dependant(user, Dependant(token)));
        var searchRoute = _heap.Instance(
            "fastapi.routing.APIRoute",
            apiRoute,
            ("path", _heap.Text("/query/{q}")),
            ("methods", _heap.Set(_heap.Text("GET"), _heap.Text("HEAD"))),
            ("endpoint", search),
            ("dependant", dependant));
        var childRoute = _heap.Instance(
            "fastapi.routing.APIRoute", apiRoute, ("path", _heap.Text("/child")), ("methods", _heap.Set(_heap.Text("PUT"), _heap.Text("POST"))), ("endpoint", child));
        var inner = App(fastapi, childRoute);
        var mount = _heap.Instance("starlette.routing.Mount", ("path", _heap.Text("/sub")), ("app", inner));
        App(fastapi, searchRoute, mount);

        // An included router keeps its own route without the prefix; nobody serves it.
        _heap.Instance("fastapi.routing.APIRoute", apiRoute, ("path", _heap.Text("/unserved")), ("endpoint", child));

        var routes = RouteReader.Read(_heap.Build(), _heap.TextOf);

        routes.Select(one => one.ToString()).ShouldBe(["GET /query/{q}", "POST|PUT /sub/child"], ignoreOrder: true);
        var found = routes.Single(one => one.Template == "/query/{q}");
        found.Endpoint.ShouldBe(search);
        found.Dependencies.ShouldBe([user, token]);
    }

    /// <summary>Newer FastAPIs keep a router that was included as one route.</summary>
    [Fact]
    public void Routes_of_included_routers_have_the_prefixes_and_dependencies_of_their_inclusions()
    {
        var fastapi = _heap.Class("fastapi.applications.FastAPI", _heap.Dict(), _heap.Class("starlette.applications.Starlette", _heap.Dict()));
        var (add, list, audit, login) = (Function("add"), Function("list"), Function("audit"), Function("login"));
        var inner = Router(Route("/items", add, "POST"));
        var outer = Router(Inclusion(inner, "/shop", audit), Route("/items", list, "GET"));
        App(fastapi, Inclusion(outer, "/v1", login), Inclusion(inner, "/open"));

        var routes = RouteReader.Read(_heap.Build(), _heap.TextOf);

        routes.Select(one => one.ToString()).ShouldBe(["GET /v1/items", "POST /open/items", "POST /v1/shop/items"], ignoreOrder: true);
        routes.Single(one => one.Template == "/v1/shop/items").Dependencies.ShouldBe([login, audit]);
        routes.Single(one => one.Template == "/v1/items").Dependencies.ShouldBe([login]);
        routes.Single(one => one.Template == "/open/items").Dependencies.ShouldBeEmpty();
    }

    [Fact]
    public void Routers_included_in_each_other_end()
    {
        var fastapi = _heap.Class("fastapi.applications.FastAPI", _heap.Dict(), _heap.Class("starlette.applications.Starlette", _heap.Dict()));
        var routes = _heap.List();
        var router = _heap.Instance("fastapi.routing.APIRouter", ("routes", routes));
        _heap.SetItems(routes, Inclusion(router, "/again"), Route("/x", Function("x"), "GET"));
        App(fastapi, Inclusion(router, "/a"));

        RouteReader.Read(_heap.Build(), _heap.TextOf).Single().Template.ShouldBe("/a/x");
    }

    [Fact]
    public void Reads_middleware_as_what_runs_for_every_request()
    {
        var dispatch = Function("audit");
        var middlewareClass = _heap.Class("app.Timing", _heap.Dict());
        var first = _heap.Instance("starlette.middleware.Middleware", ("cls", middlewareClass), ("options", _heap.Dict()));
        var second = _heap.Instance("starlette.middleware.Middleware", ("cls", middlewareClass), ("options", _heap.Dict(("dispatch", dispatch))));
        _heap.Instance("starlette.applications.Starlette", ("user_middleware", _heap.List(first, second)));

        var routes = RouteReader.Read(_heap.Build(), _heap.TextOf);

        routes.Select(route => (route.ToString(), route.Endpoint)).ShouldBe([("ANY *", middlewareClass), ("ANY *", dispatch)]);
    }

    [Fact]
    public void Applications_mounted_in_each_other_end()
    {
        var type = _heap.Class("starlette.applications.Starlette", _heap.Dict());
        var routes = _heap.List();
        var inner = _heap.Instance("starlette.applications.Starlette", type, ("routes", routes));
        var mount = _heap.Instance("starlette.routing.Mount", ("path", _heap.Text("/again")), ("app", inner));
        _heap.SetItems(routes, mount, _heap.Instance("starlette.routing.Route", ("path", _heap.Text("/x")), ("endpoint", Function("x"))));
        _heap.Instance("starlette.applications.Starlette", type, ("routes", _heap.List(mount)));

        RouteReader.Read(_heap.Build(), _heap.TextOf).Single().Template.ShouldBe("/again/x");
    }

    [Fact]
    public void Reads_flask_rules_through_the_names_of_views()
    {
        var view = Function("show");
        var rule = _heap.Instance(
            "werkzeug.routing.Rule", ("rule", _heap.Text("/show/<int:id>")), ("endpoint", _heap.Text("shop.show")), ("methods", _heap.Set(_heap.Text("GET"), _heap.Text("HEAD"), _heap.Text("OPTIONS"))));
        var map = _heap.Instance("werkzeug.routing.Map", ("_rules", _heap.List(rule)));
        _heap.Instance("flask.app.Flask", ("url_map", map), ("view_functions", _heap.Dict(("shop.show", view))));

        RouteReader.Read(_heap.Build(), _heap.TextOf).Single().ShouldBe(new RouteInfo("GET", "/show/<int:id>", view, []), RouteComparer);
    }

    [Fact]
    public void Reads_django_resolvers_down_their_includes()
    {
        var view = Function("detail");
        var pattern = _heap.Instance("django.urls.resolvers.RoutePattern", ("_route", _heap.Text("orders/<id>/")));
        var url = _heap.Instance("django.urls.resolvers.URLPattern", ("pattern", pattern), ("callback", view));
        var shop = _heap.Instance("django.urls.resolvers.RoutePattern", ("_route", _heap.Text("shop/")));
        var included = _heap.Instance("django.urls.resolvers.URLResolver", ("pattern", shop), ("url_patterns", _heap.List(url)));
        var top = _heap.Instance("django.urls.resolvers.RegexPattern", ("_regex", _heap.Text("^/")));
        var module = _heap.Module("site.urls", ("urlpatterns", _heap.List(included)));
        _heap.Instance("django.urls.resolvers.URLResolver", ("pattern", top), ("urlconf_module", module));

        RouteReader.Read(_heap.Build(), _heap.TextOf).Single().ShouldBe(new RouteInfo("ANY", "/shop/orders/<id>/", view, []), RouteComparer);
    }

    private static readonly IEqualityComparer<RouteInfo> RouteComparer =
        EqualityComparer<RouteInfo>.Create((a, b) => a!.ToString() == b!.ToString() && a.Endpoint == b.Endpoint, route => route.Template.Length);

    private NodeId App(NodeId type, params NodeId[] routes) =>
        _heap.Instance("fastapi.applications.FastAPI", type, ("router", _heap.Instance("fastapi.routing.APIRouter", ("routes", _heap.List(routes)))));

    private NodeId Router(params NodeId[] routes) => _heap.Instance("fastapi.routing.APIRouter", ("routes", _heap.List(routes)));

    private NodeId Route(string path, NodeId endpoint, string method) =>
        _heap.Instance("fastapi.routing.APIRoute", ("path", _heap.Text(path)), ("methods", _heap.Set(_heap.Text(method))), ("endpoint", endpoint));

    private NodeId Inclusion(NodeId router, string prefix, params NodeId[] dependencies)
    {
        var depends = dependencies.Select(call => _heap.Instance("fastapi.params.Depends", ("dependency", call))).ToArray();
        var context = _heap.Instance("fastapi.routing._RouterIncludeContext", ("prefix", _heap.Text(prefix)), ("dependencies", _heap.List(depends)));
        return _heap.Instance("fastapi.routing._IncludedRouter", ("original_router", router), ("include_context", context));
    }

    private NodeId Dependant(NodeId call, params NodeId[] dependencies) =>
        _heap.Instance("fastapi.dependencies.models.Dependant", ("call", call), ("dependencies", _heap.List(dependencies)));

    private NodeId Function(string name) => _heap.Function(_heap.Code(name, "app.py", 1), _heap.Dict());
}
