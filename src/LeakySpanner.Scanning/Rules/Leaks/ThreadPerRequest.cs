using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Threads that requests start and nobody joins.</summary>
public sealed class ThreadPerRequest : Rule
{
    public override RuleInfo Info { get; } = new(
        "thread_per_request",
        "thread per request that nobody joins",
        RuleSeverity.Medium,
        """
        Every request starts a thread (or a timer, which is one) and goes on. Nothing limits how many there are; each takes a stack, an arena of malloc and a place in the
        scheduler, and where its function never returns it stays for ever. A pool of a fixed size that the application keeps does the same work with a bound.
        """,
        """
        import threading

        @app.post("/reports/{number}")
        def report(number: int):
            threading.Thread(target=render, args=(number,)).start()

        def render(number):
            return number
        """,
        """
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(max_workers=4)

        @app.post("/reports/{number}")
        def report(number: int):
            pool.submit(render, number)

        def render(number):
            return number
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (!Tasks.IsThread(site) || site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated || IsAwaitedSomehow(by) || IsKeptOnce(site, by))
                continue;
            var target = site.Argument(1, site.Callee == "threading.Timer" ? "function"u8 : "target"u8);
            var endless = target.Exists && context.Resolver.NameOf(target) is { } name && context.Project.FunctionOf(name) is { } function && Tasks.EndlessLoop(function).Exists;
            context.Report(context.Case(
                site.Call,
                endless ? $"{by.Name}() starts a thread {context.When(by)}, and it never ends" : $"{by.Name}() starts a thread {context.When(by)}, and nobody waits for it",
                "pool = concurrent.futures.ThreadPoolExecutor(max_workers=4), made once; pool.submit(...)",
                endless ? Confidence.High : Confidence.Medium,
                by) with
            {
                Severity = endless ? RuleSeverity.High : RuleSeverity.Medium,
            });
        }
    }

    private static bool IsAwaitedSomehow(Function by)
    {
        foreach (var node in by.Body.Subtree)
        {
            if (node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Text is "join" or "cancel" && node.Child(Field.Object).Kind != NodeKind.String && node.Parent.Kind == NodeKind.Call)
                return true;
        }

        return false;
    }

    /// <summary>`if self._thread is None: self._thread = Thread(...)`: one for all.</summary>
    private static bool IsKeptOnce(CallSite site, Function by)
    {
        if (site.Call.Parent is not { Kind: NodeKind.Assignment } assignment)
            return false;
        var left = assignment.Child(Field.Left);
        if (left.Kind is NodeKind.Attribute or NodeKind.Subscript)
            return true;
        return left.Kind == NodeKind.Identifier && !ReferenceEquals(Resolver.BindingOf(left)?.Scope, by.Scope);
    }
}
