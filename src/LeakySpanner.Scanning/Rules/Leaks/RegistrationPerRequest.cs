using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Listeners, handlers and hooks that every request registers somewhere.</summary>
public sealed class RegistrationPerRequest : Rule
{
    /// <summary>What registers, and what takes it back; the second is empty where nothing does.</summary>
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["atexit.register"] = "unregister",
        ["logging.Logger.addHandler"] = "removeHandler",
        ["logging.Logger.addFilter"] = "removeFilter",
        ["logging.Handler.addFilter"] = "removeFilter",
        ["sys.addaudithook"] = "",
        ["sqlalchemy.event.listen"] = "remove",
        ["sqlalchemy.event.api.listen"] = "remove",
        ["faulthandler.register"] = "unregister",
        ["codecs.register"] = "unregister",
        ["copyreg.pickle"] = "",
        ["os.register_at_fork"] = "",
        ["asyncio.AbstractEventLoop.add_signal_handler"] = "remove_signal_handler",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Methods = new Dictionary<string, string>
    {
        ["subscribe"] = "unsubscribe",
        ["add_listener"] = "remove_listener",
        ["addListener"] = "removeListener",
        ["add_event_listener"] = "remove_event_listener",
        ["add_observer"] = "remove_observer",
        ["add_callback"] = "remove_callback",
        ["on_change"] = "",
        ["addHandler"] = "removeHandler",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public override RuleInfo Info { get; } = new(
        "registration_per_request",
        "registered per request, never taken back",
        RuleSeverity.High,
        """
        Every request registers a listener, a logging handler, an exit function or a hook, and nothing takes it back. Whoever it is registered with keeps it, and through it the
        request's variables; and every event afterwards calls all of them, so that the service becomes slower too. Register once at the start, or take it back in a finally.
        """,
        """
        import logging

        log = logging.getLogger("shop")

        @app.get("/orders/{number}")
        def order(number: int):
            log.addHandler(logging.FileHandler(f"/tmp/{number}.log"))
            log.info("order %d", number)
        """,
        """
        import logging

        log = logging.getLogger("shop")

        @app.get("/orders/{number}")
        def order(number: int):
            handler = logging.FileHandler(f"/tmp/{number}.log")
            log.addHandler(handler)
            try:
                log.info("order %d", number)
            finally:
                log.removeHandler(handler)
                handler.close()
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated || UndoneBy(site, context) is not { } undo)
                continue;
            if (undo.Length > 0 && IsUndone(undo, by, module, context) || Guard(site.Call, by))
                continue;
            var certain = site.Callee is { } callee && (Known.ContainsKey(callee) || IsSignal(callee));
            context.Report(context.Case(
                site.Call,
                $"{by.Name}() registers something with {site.Method} {context.When(by)}, and nothing takes it back",
                undo.Length > 0 ? $"try: ... finally: {undo}(...); or register once, at the start" : "register once, at the start",
                certain ? Confidence.High : Confidence.Medium,
                by));
        }
    }

    private static bool IsSignal(string callee) => callee.EndsWith(".connect", StringComparison.Ordinal)
        && (callee.StartsWith("django.", StringComparison.Ordinal) || callee.StartsWith("blinker.", StringComparison.Ordinal) || callee.StartsWith("flask.", StringComparison.Ordinal) || callee.Contains("signal", StringComparison.OrdinalIgnoreCase));

    private static string? UndoneBy(CallSite site, RuleContext context)
    {
        if (site.Callee is { } callee)
        {
            if (Known.TryGetValue(callee, out var known))
                return known;
            if (IsSignal(callee))
                return "disconnect";
            // What the project's own classes do with it is seen where they store it.
            if (context.Resolver.IsOfProject(callee))
                return null;
        }

        if (!site.Receiver.Exists || site.Arguments.Children.Count == 0 || IsLocal(site))
            return null;
        return Methods.GetValueOrDefault(site.Method);
    }

    /// <summary>Registered with something that the call itself made: it goes with it.</summary>
    private static bool IsLocal(CallSite site)
    {
        var receiver = site.Receiver;
        while (receiver.Kind == NodeKind.Attribute)
            receiver = receiver.Child(Field.Object);
        return receiver.Kind == NodeKind.Identifier && Resolver.BindingOf(receiver) is { Kind: BindingKind.Variable, Scope.Kind: ScopeKind.Function, Assignments: [{ Value.Kind: NodeKind.Call or NodeKind.Await }, ..] };
    }

    private static bool IsUndone(string undo, Function by, Module module, RuleContext context) =>
        context.Calls.In(by).Concat(context.Calls.In(module)).Any(site => site.Method == undo)
        || by.Body.Text.Contains(undo, StringComparison.Ordinal);

    /// <summary>`if not log.handlers: log.addHandler(...)`: once.</summary>
    private static bool Guard(Node call, Function by)
    {
        for (var at = call.Parent; at.Exists && at != by.Definition; at = at.Parent)
        {
            if (at.Kind == NodeKind.IfStatement && at.Child(Field.Condition) is var condition
                && (condition.Bare.Kind == NodeKind.NotOperator || condition.Bare.Kind == NodeKind.ComparisonOperator && (condition.Text.Contains("not in", StringComparison.Ordinal) || condition.Text.Contains("is None", StringComparison.Ordinal))))
                return true;
        }

        return false;
    }
}
