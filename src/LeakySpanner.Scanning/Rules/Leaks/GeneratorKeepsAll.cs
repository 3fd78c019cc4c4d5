using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Generators that hold everything while they give it away piece by piece.</summary>
public sealed class GeneratorKeepsAll : Rule
{
    private static readonly string[] Whole = ["read", "readlines", "fetchall", "all", "json", "read_bytes", "read_text", "scalars_all", "splitlines"];

    public override RuleInfo Info { get; } = new(
        "generator_keeps_all",
        "generator holds everything it yields",
        RuleSeverity.Medium,
        """
        A generator reads everything into a local variable and then yields it piece by piece. Its frame keeps the whole until the last piece is gone: for a streamed response, as long
        as the slowest client takes; and where the client goes away, until the generator is closed. Reading as it yields needs one piece at a time.
        """,
        """
        from fastapi.responses import StreamingResponse

        @app.get("/log")
        def log():
            return StreamingResponse(lines())

        def lines():
            with open("app.log") as file:
                text = file.readlines()
                for line in text:
                    yield line
        """,
        """
        from fastapi.responses import StreamingResponse

        @app.get("/log")
        def log():
            return StreamingResponse(lines())

        def lines():
            with open("app.log") as file:
                for line in file:
                    yield line
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var function in module.Functions)
        {
            if (!function.IsGenerator || context.Reach.Of(function) != Projects.Frequency.Repeated)
                continue;
            foreach (var local in function.Scope.Bindings)
            {
                if (local.Kind == BindingKind.Variable && WholeOf(local) is { Exists: true } whole && IsYieldedFrom(function, local.Name))
                {
                    context.Report(context.Case(
                        whole,
                        $"{function.Name}() reads everything into {local.Name} and holds it until the last piece is taken",
                        "read piece by piece as it yields (for row in cursor, for line in file, iter_chunks)",
                        Confidence.Medium,
                        function));
                }
            }
        }
    }

    private static Node WholeOf(Binding local)
    {
        if (local.Assignments is not [{ Kind: AssignmentKind.Plain } only])
            return default;
        var value = only.Value.Bare;
        if (value.Kind == NodeKind.Await)
            value = value.FirstChild.Bare;
        // read(n) is a piece.
        return value.Kind == NodeKind.Call && value.Child(Field.Function) is { Kind: NodeKind.Attribute } method && Whole.Contains(method.Child(Field.Attribute).Text)
            && value.Child(Field.Arguments).Children.Count == 0 && !InLoop(value) ? value : default;
    }

    private static bool InLoop(Node node)
    {
        for (var at = node.Parent; at.Exists && at.Kind != NodeKind.FunctionDefinition; at = at.Parent)
        {
            if (at.Kind is NodeKind.ForStatement or NodeKind.WhileStatement)
                return true;
        }

        return false;
    }

    /// <summary>A loop over it, or over slices of it, that yields.</summary>
    private static bool IsYieldedFrom(Function function, string name)
    {
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind != NodeKind.ForStatement || node.Around(NodeKind.FunctionDefinition) != function.Definition || !Mentions(node.Child(Field.Right), name))
                continue;
            foreach (var inner in node.Child(Field.Body).Subtree)
            {
                if (inner.Kind == NodeKind.Yield)
                    return true;
            }
        }

        return false;
    }

    private static bool Mentions(Node expression, string name)
    {
        foreach (var node in expression.Subtree)
        {
            if (node.Kind == NodeKind.Identifier && node.Name == name)
                return true;
        }

        return false;
    }
}
