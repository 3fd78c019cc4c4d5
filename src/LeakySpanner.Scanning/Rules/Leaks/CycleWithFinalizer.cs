using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Objects with __del__ that are part of a cycle by construction.</summary>
public sealed class CycleWithFinalizer : Rule
{
    public override RuleInfo Info { get; } = new(
        "cycle_with_finalizer",
        "finalizer in a reference cycle",
        RuleSeverity.Low,
        """
        The class has a __del__ that closes something, and its instances refer to themselves: through a child that keeps its parent, a bound method or a lambda that is stored. The last
        reference never goes away, so that __del__ does not run when the object is no longer used but when the cyclic collector gets to it: with many requests that is late, and
        until then connections, files and memory stay. A weak reference to the parent ends the cycle.
        """,
        """
        class Session:
            def __init__(self):
                self.cursor = Cursor(self)

            def __del__(self):
                self.close()

            def close(self):
                pass

        class Cursor:
            def __init__(self, session):
                self.session = session
        """,
        """
        import weakref

        class Session:
            def __init__(self):
                self.cursor = Cursor(self)

            def __del__(self):
                self.close()

            def close(self):
                pass

        class Cursor:
            def __init__(self, session):
                self.session = weakref.ref(session)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var defined in module.Classes)
        {
            if (defined.Method("__del__") is null)
                continue;
            foreach (var attribute in defined.Instance.Bindings)
            {
                foreach (var assignment in attribute.Assignments)
                {
                    if (assignment.Kind != AssignmentKind.Plain || Cycle(assignment.Value.Bare, defined, context) is not { } how)
                        continue;
                    context.Report(context.Case(
                        assignment.Value,
                        $"{defined.Name} has a __del__, and self.{attribute.Name} {how}: it runs late",
                        "keep weakref.ref(self) there, or close with a context manager instead of __del__",
                        Confidence.Medium,
                        assignment.By) with
                    {
                        Subject = defined.QualifiedName,
                    });
                }
            }
        }
    }

    private static string? Cycle(Node value, Class defined, RuleContext context)
    {
        if (value.Kind == NodeKind.Lambda)
            return MentionsSelf(value) ? "is a lambda that refers to self" : null;
        if (value.Kind == NodeKind.Attribute && value.Child(Field.Object).Is("self"u8) && defined.Method(value.Child(Field.Attribute).Text) is { } method)
            return method.Decorators.Any() ? null : "is a bound method of self";
        if (value.Kind != NodeKind.Call || context.Resolver.NameOf(value.Child(Field.Function)) is not { } made || context.Project.ClassOf(made) is not { } child)
            return null;
        var position = 0;
        foreach (var argument in value.Child(Field.Arguments).Children)
        {
            var given = argument.Kind == NodeKind.KeywordArgument ? argument.Child(Field.Value) : argument;
            var keyword = argument.Kind == NodeKind.KeywordArgument ? argument.Child(Field.Name).Text : null;
            position++;
            if (given.Is("self"u8) && Keeps(child, keyword, position, context))
                return $"is a {child.Name} that refers back to it";
        }

        return null;
    }

    /// <summary>The child's __init__ stores the parameter as it is.</summary>
    private static bool Keeps(Class child, string? keyword, int position, RuleContext context)
    {
        if (context.Resolver.Member(child.QualifiedName, "__init__")?.Function is not { } constructor)
            return false;
        var name = keyword ?? (position < constructor.Parameters.Count ? constructor.Parameters[position] : null);
        return name is not null && constructor.Owner is { } maker && maker.Instance.Bindings.Any(attribute => attribute.Assignments.Any(assignment => assignment.Kind == AssignmentKind.Plain && assignment.Value.Bare.Kind == NodeKind.Identifier && assignment.Value.Bare.Text == name));
    }

    private static bool MentionsSelf(Node lambda)
    {
        foreach (var node in lambda.Subtree)
        {
            if (node.Kind == NodeKind.Identifier && node.Is("self"u8))
                return true;
        }

        return false;
    }
}
