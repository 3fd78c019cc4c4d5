using System.Collections.Frozen;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>Which functions a web framework (FastAPI, Starlette, Flask, Django, aiohttp, Tornado) or a job queue calls, and when.</summary>
internal sealed class EntryFinder(Project project, CallTable calls)
{
    private static readonly FrozenSet<string> Verbs = FrozenSet.Create(
        StringComparer.Ordinal, "get", "post", "put", "delete", "patch", "head", "options", "trace", "route", "api_route", "websocket", "websocket_route");

    private static readonly FrozenSet<string> Hooks = FrozenSet.Create(
        StringComparer.Ordinal, "middleware", "exception_handler", "errorhandler", "before_request", "after_request", "teardown_request",
        "teardown_appcontext", "before_app_request", "after_app_request", "context_processor", "url_value_preprocessor");

    private static readonly FrozenSet<string> RoutingCalls = FrozenSet.Create(
        StringComparer.Ordinal,
        "starlette.routing.Route", "starlette.routing.WebSocketRoute", "starlette.routing.Mount", "fastapi.routing.APIRoute", "django.urls.path",
        "django.urls.re_path", "django.conf.urls.url", "django.urls.conf.path", "aiohttp.web.get", "aiohttp.web.post", "aiohttp.web.put",
        "aiohttp.web.delete", "aiohttp.web.patch", "aiohttp.web.route", "aiohttp.web.head", "aiohttp.web.view");

    private static readonly FrozenSet<string> RoutingMethods = FrozenSet.Create(
        StringComparer.Ordinal, "add_api_route", "add_route", "add_websocket_route", "add_api_websocket_route", "add_url_rule", "add_get", "add_post",
        "add_put", "add_delete", "add_patch");

    /// <summary>Classes whose methods a server calls for every request, and which methods these are (none: the verbs).</summary>
    private static readonly FrozenDictionary<string, string[]> HandlerClasses = new Dictionary<string, string[]>
    {
        ["starlette.endpoints.HTTPEndpoint"] = [],
        ["starlette.endpoints.WebSocketEndpoint"] = ["on_connect", "on_receive", "on_disconnect"],
        ["starlette.middleware.base.BaseHTTPMiddleware"] = ["dispatch"],
        ["fastapi.middleware.base.BaseHTTPMiddleware"] = ["dispatch"],
        ["flask.views.MethodView"] = [],
        ["flask.views.View"] = ["dispatch_request"],
        ["django.views.View"] = ["dispatch"],
        ["django.views.generic.View"] = ["dispatch"],
        ["django.views.generic.TemplateView"] = ["get_context_data"],
        ["django.views.generic.ListView"] = ["get_queryset", "get_context_data"],
        ["django.views.generic.DetailView"] = ["get_object", "get_context_data"],
        ["django.utils.deprecation.MiddlewareMixin"] = ["process_request", "process_response", "process_view"],
        ["rest_framework.views.APIView"] = [],
        ["rest_framework.viewsets.ViewSet"] = ["list", "create", "retrieve", "update", "partial_update", "destroy"],
        ["rest_framework.viewsets.ModelViewSet"] = ["list", "create", "retrieve", "update", "destroy", "get_queryset", "perform_create"],
        ["tornado.web.RequestHandler"] = ["prepare", "on_finish"],
        ["tornado.websocket.WebSocketHandler"] = ["open", "on_message", "on_close"],
        ["aiohttp.web.View"] = [],
        ["http.server.BaseHTTPRequestHandler"] = ["do_GET", "do_POST", "do_PUT", "do_DELETE", "do_HEAD"],
        ["socketserver.BaseRequestHandler"] = ["handle"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<Function, Entry> _entries = [];

    public IReadOnlyCollection<Entry> Find()
    {
        foreach (var module in project.Modules)
        {
            foreach (var function in module.Functions)
                ReadDecorators(function);
            foreach (var defined in module.Classes)
                ReadBases(defined);
            foreach (var site in calls.In(module))
                ReadCall(site);
        }

        return _entries.Values;
    }

    private void ReadDecorators(Function function)
    {
        foreach (var decorator in function.Decorators)
        {
            var called = decorator.Kind == NodeKind.Call;
            var name = called ? decorator.Child(Field.Function) : decorator;
            if (name.Kind == NodeKind.Attribute)
                ReadDecorator(function, decorator, name, called);
            else if (project.Resolver.NameOf(name) is "celery.shared_task" or "dramatiq.actor" or "huey.task")
                Add(function, EntryKind.Job, "every job");
        }

        if (function.Owner is null && (function.Name == "lifespan" || IsContextManager(function) && function.Parameters is ["app"]))
            Add(function, EntryKind.Lifespan, "startup");
        if (function.Name is "__call__" && function.IsAsync && function.Parameters is [_, "scope", "receive", "send"])
            Add(function, EntryKind.Middleware, "every request");
    }

    private void ReadDecorator(Function function, Node decorator, Node name, bool called)
    {
        var verb = name.Child(Field.Attribute).Name;
        if (verb is "on_event" or "on_startup" or "on_shutdown" or "before_serving" or "before_first_request")
        {
            Add(function, EntryKind.Lifespan, "startup");
        }
        else if (called && Verbs.Contains(verb) && FirstText(decorator) is { } path && path.StartsWith('/') | path.Length == 0)
        {
            var isSocket = verb.StartsWith("websocket", StringComparison.Ordinal);
            var method = verb is "route" or "api_route" ? "" : isSocket ? "WS " : verb.ToUpperInvariant() + " ";
            Add(function, isSocket ? EntryKind.WebSocket : EntryKind.Route, method + PrefixOf(name) + path);
        }
        else if (Hooks.Contains(verb))
        {
            Add(function, EntryKind.Middleware, "every request");
        }
        else if (verb is "task" or "periodic_task" or "scheduled_job" or "job" or "actor" or "agent")
        {
            Add(function, EntryKind.Job, "every job");
        }
    }

    /// <summary>The prefix that a router was made with.</summary>
    private static string PrefixOf(Node attribute)
    {
        if (Resolver.BindingOf(attribute.Child(Field.Object)) is not { Assignments: [{ Value.Kind: NodeKind.Call } only] })
            return "";
        var site = new CallSite(only.Value, null, null);
        return TextOf(site.Keyword("prefix"u8)) ?? TextOf(site.Keyword("url_prefix"u8)) ?? "";
    }

    private void ReadBases(Class defined)
    {
        foreach (var ancestor in project.Resolver.Lineage(defined.QualifiedName))
        {
            if (!HandlerClasses.TryGetValue(ancestor, out var methods))
                continue;
            var middleware = ancestor.EndsWith("Middleware", StringComparison.Ordinal) || ancestor.EndsWith("MiddlewareMixin", StringComparison.Ordinal);
            foreach (var method in methods.Concat(["get", "post", "put", "delete", "patch", "head", "options"]))
            {
                if (defined.Method(method) is { } handler)
                    Add(handler, middleware ? EntryKind.Middleware : EntryKind.Route, middleware ? "every request" : $"request to {defined.Name}");
            }
        }
    }

    private void ReadCall(CallSite site)
    {
        var method = site.Method;
        if (method == "add_task" && site.Receiver.Exists || site.Callee is "starlette.background.BackgroundTask" or "fastapi.BackgroundTask")
        {
            AddArgument(site, 0, default, EntryKind.BackgroundTask, "a background task of every request");
        }
        else if (method is "Depends" or "Security" && site.Callee is "fastapi.Depends" or "fastapi.Security" or "fastapi.params.Depends")
        {
            AddArgument(site, 0, "dependency"u8, EntryKind.Dependency, "a dependency of every request");
        }
        else if (site.Callee is { } callee && RoutingCalls.Contains(callee))
        {
            AddArgument(site, 1, "endpoint"u8, EntryKind.Route, Path(site));
        }
        else if (RoutingMethods.Contains(method) && FirstText(site.Call) is not null)
        {
            AddArgument(site, 1, "endpoint"u8, EntryKind.Route, Path(site));
            AddArgument(site, 2, "view_func"u8, EntryKind.Route, Path(site));
        }
        else if (method == "add_middleware" || method == "Middleware" && site.Callee == "starlette.middleware.Middleware")
        {
            if (project.Resolver.NameOf(site.Argument(0)) is { } name && project.ClassOf(name) is { } middleware)
            {
                foreach (var entry in new[] { middleware.Method("__call__"), middleware.Method("dispatch") })
                {
                    if (entry is not null)
                        Add(entry, EntryKind.Middleware, "every request");
                }
            }
        }
    }

    private static string Path(CallSite site) => FirstText(site.Call) is { } path ? "/" + path.TrimStart('/', '^') : "a route";

    private void AddArgument(CallSite site, int position, ReadOnlySpan<byte> keyword, EntryKind kind, string label)
    {
        var argument = site.Argument(position, keyword);
        if (argument.Kind == NodeKind.Call)
        {
            // View.as_view(), partial(f, x), and factories of dependencies.
            var inner = argument.Child(Field.Function);
            argument = inner.Kind == NodeKind.Attribute && inner.Child(Field.Attribute).Is("as_view"u8) ? inner.Child(Field.Object)
                : project.Resolver.NameOf(inner) == "functools.partial" ? new CallSite(argument, null, null).Argument(0) : inner;
        }

        if (project.Resolver.NameOf(argument) is not { } name)
            return;
        if (project.FunctionOf(name) is { } function)
        {
            Add(function, kind, label);
        }
        else if (project.ClassOf(name) is { } defined)
        {
            foreach (var method in new[] { "__init__", "__call__", "get", "post", "put", "delete", "patch" })
            {
                if (defined.Method(method) is { } handler)
                    Add(handler, kind, label);
            }
        }
    }

    private void Add(Function function, EntryKind kind, string label) => _entries.TryAdd(function, new Entry(function, kind, label));

    private bool IsContextManager(Function function) => function.Decorators.Any(decorator =>
        project.Resolver.NameOf(decorator) is "contextlib.asynccontextmanager" or "contextlib.contextmanager");

    private static string? FirstText(Node call) => TextOf(new CallSite(call, null, null).Argument(0, "path"u8)) ?? TextOf(new CallSite(call, null, null).Argument(0, "rule"u8));

    private static string? TextOf(Node node) =>
        node.Kind != NodeKind.String ? null : node.Child(NodeKind.StringContent) is { Exists: true } content ? content.Text : "";
}
