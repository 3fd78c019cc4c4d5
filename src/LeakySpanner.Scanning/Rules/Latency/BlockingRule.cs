using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>Coroutines that call what blocks, themselves or through functions without await that they call: the base of the rules about them.</summary>
public abstract class BlockingRule : Rule
{
    /// <summary>Helpers are followed this many calls deep; further down it is seldom the same request's business.</summary>
    private const int Deepest = 2;

    public override void Check(Module module, RuleContext context)
    {
        var known = new Dictionary<(Function, int), (BlockingCall, int)?>();
        foreach (var function in module.Functions)
        {
            if (!function.IsAsync || !IsMine(function, context) || context.Reach.Of(function) == Frequency.Once)
                continue;
            CheckOwn(function, context);
            CheckHelpers(function, context, known);
        }
    }

    /// <summary>Names of coroutines that run when something starts or ends, where nobody says how often they do.</summary>
    private static readonly FrozenSet<string> StartAndEnd = FrozenSet.Create(
        StringComparer.Ordinal, "main", "start", "startup", "on_startup", "setup", "initialize", "init", "stop", "close", "aclose", "shutdown", "on_shutdown", "cleanup", "terminate",
        "__aenter__", "__aexit__");

    /// <summary>Whether this rule speaks of it.</summary>
    protected abstract bool IsMine(Function function, RuleContext context);

    /// <summary>"every other request waits", or what else follows.</summary>
    protected abstract string Consequence { get; }

    private void CheckOwn(Function function, RuleContext context)
    {
        var told = new HashSet<int>();
        foreach (var call in BlockingCalls.In(function, context))
        {
            // One statement is one case: session.query(...).filter(...).all()
            if (!told.Add(StatementOf(call.Site.Call).Index))
                continue;
            var confidence = ConfidenceOf(call, function, context);
            var fix = IsPlainRoute(function, context) && call.Kind != BlockingKind.Sleep ? $"def {function.Name}(...) instead of async def: it then runs in a thread" : call.Fix;
            context.Report(context.Case(call.Site.Call, $"{call.Name}() {call.Does} in the coroutine {function.Name}(): {Consequence}", fix, confidence, function) with
            {
                Severity = SeverityOf(call),
                Edits = call.Kind == BlockingKind.Sleep ? SleepFix.Edits(call.Site, function) : [],
            });
        }
    }

    private void CheckHelpers(Function function, RuleContext context, Dictionary<(Function, int), (BlockingCall, int)?> known)
    {
        var told = new HashSet<Function>();
        foreach (var site in context.Calls.In(function))
        {
            if (site.IsAwaited || Helper(site, context) is not { } helper || ReferenceEquals(helper, function) || !BlockingCall.RunsInPlace(site, function)
                || Find(helper, Deepest, context, known) is not var (call, depth) || !call.IsSlowForSure || !told.Add(helper))
                continue;
            var through = depth > 1 ? $"{helper.Name}(), through {call.Site.By!.Name}()," : $"{helper.Name}()";
            context.Report(context.Case(
                site.Call,
                $"{through} calls {call.Name}(), which {call.Does}, in the coroutine {function.Name}(): {Consequence}",
                IsPlainRoute(function, context) ? $"def {function.Name}(...) instead of async def: it then runs in a thread" : $"await asyncio.to_thread({ToThread(site)})",
                ConfidenceOf(call, function, context) is var own && depth > 1 && own == Confidence.High ? Confidence.Medium : ConfidenceOf(call, function, context),
                function) with
            {
                Severity = SeverityOf(call),
                Related = [new RelatedPlace(call.Site.By!.Module.File, call.Site.Call, $"{call.Does} here")],
            });
        }
    }

    private RuleSeverity SeverityOf(BlockingCall call) => call.Kind switch
    {
        BlockingKind.File => RuleSeverity.Low,
        BlockingKind.Files or BlockingKind.Computation => RuleSeverity.Medium,
        _ => Info.Severity,
    };

    private static Confidence ConfidenceOf(BlockingCall call, Function function, RuleContext context) => (context.Reach.Of(function), call.Kind) switch
    {
        (Frequency.Repeated, BlockingKind.File) => Confidence.Medium,
        (Frequency.Repeated, _) => Confidence.High,
        (_, BlockingKind.File or BlockingKind.Files) => Confidence.Low,
        _ when StartAndEnd.Contains(function.Name) || call.Site.Call.Around(NodeKind.ExceptClause).Exists => Confidence.Low,
        _ => Confidence.Medium,
    };

    /// <summary>A route that FastAPI or Starlette would run in a thread if it were no coroutine, and which awaits nothing.</summary>
    private static bool IsPlainRoute(Function function, RuleContext context)
    {
        if (!context.Reach.Entries.TryGetValue(function, out var entry) || entry.Kind is not (EntryKind.Route or EntryKind.Dependency))
            return false;
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind is NodeKind.Await or NodeKind.Async)
                return false;
        }

        return true;
    }

    /// <summary>The first blocking call of a function without await, or of one that it calls, and how deep it is.</summary>
    private static (BlockingCall Call, int Depth)? Find(Function helper, int left, RuleContext context, Dictionary<(Function, int), (BlockingCall, int)?> known)
    {
        if (known.TryGetValue((helper, left), out var answer))
            return answer;
        known[(helper, left)] = null;
        foreach (var call in BlockingCalls.In(helper, context))
        {
            if (call.IsSlowForSure && !IsRare(call.Site, helper))
                return known[(helper, left)] = (call, 1);
        }

        if (left > 1)
        {
            foreach (var site in context.Calls.In(helper))
            {
                if (Helper(site, context) is { } next && BlockingCall.RunsInPlace(site, helper) && !IsRare(site, helper) && Find(next, left - 1, context, known) is var (call, depth))
                    return known[(helper, left)] = (call, depth + 1);
            }
        }

        return null;
    }

    /// <summary>Handlers of exceptions and what is computed once and kept are not what every call waits for.</summary>
    private static bool IsRare(CallSite site, Function by)
    {
        if (by.Decorators.Any())
            return true;
        for (var node = site.Call.Parent; node.Exists && node.Index > by.Definition.Index; node = node.Parent)
        {
            if (node.Kind is NodeKind.ExceptClause)
                return true;
        }

        return false;
    }

    private static Function? Helper(CallSite site, RuleContext context) =>
        site.Callee is { } callee && context.Project.FunctionOf(callee) is { IsAsync: false, IsGenerator: false } helper ? helper : null;

    private static string ToThread(CallSite site)
    {
        var arguments = site.Arguments.Text.ReplaceLineEndings(" ");
        var inside = arguments.Length is > 60 or < 2 ? "..." : arguments[1..^1].Trim();
        return site.Call.Child(Field.Function).Text + (inside.Length > 0 ? ", " + inside : "");
    }

    private static Node StatementOf(Node node)
    {
        while (node.Parent is { Exists: true } around && around.Kind is not (NodeKind.Block or NodeKind.Module))
            node = around;
        return node;
    }
}
