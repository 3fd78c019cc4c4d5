using System.Globalization;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>A coroutine that counts for long without an await.</summary>
public sealed class BusyLoopInAsync : Rule
{
    /// <summary>Rounds that take a tenth of a second and more in CPython, however little each does.</summary>
    private const double Many = 1_000_000;

    public override RuleInfo Info { get; } = new(
        "busy_loop_in_async",
        "a long loop without await in a coroutine",
        RuleSeverity.Medium,
        """
        A loop of a million rounds takes a tenth of a second or more in Python, and a coroutine that runs it without an await lets no other request run meanwhile. Only loops whose
        number of rounds stands in the source are told. Run it in a process (threads share one interpreter lock), or hand it to a job queue.
        """,
        """
        @app.get("/score")
        async def score():
            total = 0
            for i in range(5_000_000):
                total += i * i
            return {"total": total}
        """,
        """
        import asyncio
        from concurrent.futures import ProcessPoolExecutor

        pool = ProcessPoolExecutor(max_workers=2)

        def compute():
            total = 0
            for i in range(5_000_000):
                total += i * i
            return total

        @app.get("/score")
        async def score():
            return {"total": await asyncio.get_running_loop().run_in_executor(pool, compute)}
        """)
    {
        IsLatency = true,
    };

    public override void Check(Module module, RuleContext context)
    {
        foreach (var function in module.Functions)
        {
            if (!function.IsAsync || context.Reach.Of(function) == Frequency.Once)
                continue;
            var nodes = function.Body.Subtree.GetEnumerator();
            while (nodes.MoveNext())
            {
                var node = nodes.Current;
                if (node.Kind is NodeKind.FunctionDefinition or NodeKind.ClassDefinition or NodeKind.Lambda)
                {
                    nodes.SkipInside();
                }
                else if (RoundsOf(node, context) >= Many && !Leaves(node))
                {
                    context.Report(context.Case(
                        node.Kind == NodeKind.ForStatement ? node.Child(Field.Right) : node,
                        $"{RoundsOf(node, context).ToString("N0", CultureInfo.InvariantCulture)} rounds without an await in the coroutine {function.Name}(): no other request is served meanwhile",
                        "run it in a process: await asyncio.get_running_loop().run_in_executor(process_pool, ...)",
                        context.Reach.Of(function) == Frequency.Repeated ? Confidence.High : Confidence.Medium,
                        function));
                    nodes.SkipInside();
                }
            }
        }
    }

    /// <summary>Of a loop or a comprehension, loops inside it multiplied; 0 where that is not known.</summary>
    private static double RoundsOf(Node node, RuleContext context)
    {
        if (node.Kind == NodeKind.ForStatement && !node.Child(NodeKind.Async).Exists)
        {
            var rounds = CountOf(node.Child(Field.Right), context);
            var inside = 1.0;
            foreach (var statement in node.Child(Field.Body).Children)
                inside = Math.Max(inside, RoundsOf(statement, context));
            return rounds * inside;
        }

        if (node.Kind is not (NodeKind.ListComprehension or NodeKind.SetComprehension or NodeKind.DictionaryComprehension or NodeKind.GeneratorExpression))
            return 0;
        // A generator that is only made does nothing yet.
        if (node.Kind == NodeKind.GeneratorExpression
            && !(node.Parent.Kind == NodeKind.Call && context.Resolver.NameOf(node.Parent.Child(Field.Function)) is "builtins.sum" or "builtins.max" or "builtins.min" or "builtins.sorted"))
            return 0;
        var product = 1.0;
        foreach (var clause in node.Children)
        {
            if (clause.Kind == NodeKind.ForInClause)
                product *= clause.Child(NodeKind.Async).Exists ? 0 : CountOf(clause.Child(Field.Right), context);
        }

        return product;
    }

    /// <summary>range(n), range(a, b), range(a, b, step) of numbers that are written down.</summary>
    private static double CountOf(Node iterable, RuleContext context)
    {
        if (iterable.Bare is not { Kind: NodeKind.Call } call || context.Resolver.NameOf(call.Child(Field.Function)) != "builtins.range")
            return 0;
        var numbers = new List<double>();
        foreach (var argument in call.Child(Field.Arguments).Children)
        {
            if (NumberOf(argument) is not { } number)
                return 0;
            numbers.Add(number);
        }

        return numbers switch
        {
            [var stop] => stop,
            [var start, var stop] => stop - start,
            [var start, var stop, var step] when step > 0 => (stop - start) / step,
            _ => 0,
        };
    }

    private static double? NumberOf(Node node)
    {
        node = node.Bare;
        if (node.Kind == NodeKind.Integer)
            return double.TryParse(node.Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (node.Kind == NodeKind.BinaryOperator && NumberOf(node.Child(Field.Left)) is { } left && NumberOf(node.Child(Field.Right)) is { } right)
            return node.Child(Field.Operator).Text switch { "*" => left * right, "**" => Math.Pow(left, right), "+" => left + right, _ => null };
        if (node.Kind == NodeKind.Identifier && Resolver.BindingOf(node) is { Kind: BindingKind.Variable, Scope.Kind: ScopeKind.Module, Assignments: [{ Kind: AssignmentKind.Plain } only] }
            && only.Value.Kind == NodeKind.Integer)
            return NumberOf(only.Value);
        return null;
    }

    /// <summary>True where others may run meanwhile, or the loop is left early.</summary>
    private static bool Leaves(Node loop)
    {
        foreach (var node in loop.Subtree)
        {
            if (node.Kind is NodeKind.Await or NodeKind.Yield or NodeKind.BreakStatement or NodeKind.ReturnStatement or NodeKind.Async)
                return true;
        }

        return false;
    }
}
