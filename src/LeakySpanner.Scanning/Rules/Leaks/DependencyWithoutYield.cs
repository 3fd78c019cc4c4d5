using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A dependency that returns a session or connection instead of yielding it.</summary>
public sealed class DependencyWithoutYield : Rule
{
    public override RuleInfo Info { get; } = new(
        "dependency_without_yield",
        "dependency returns what must be closed",
        RuleSeverity.High,
        """
        A FastAPI dependency opens a session, connection or client for every request and returns it. The framework cannot know that it is over with the request, so that nobody
        ever closes it: connections stay checked out until the pool is dry. A dependency that yields gets control back after the response and can close.
        """,
        """
        from fastapi import Depends
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker()

        def get_db():
            db = SessionLocal()
            return db

        @app.get("/users")
        def users(db=Depends(get_db)):
            return db.execute("SELECT 1")
        """,
        """
        from fastapi import Depends
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker()

        def get_db():
            with SessionLocal() as db:
                yield db

        @app.get("/users")
        def users(db=Depends(get_db)):
            return db.execute("SELECT 1")
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var function in module.Functions)
        {
            if (function.IsGenerator || !context.Reach.Entries.TryGetValue(function, out var entry) || entry.Kind != EntryKind.Dependency)
                continue;
            foreach (var returned in function.Returns)
            {
                if (OpenedBy(returned.Bare, function, context) is not { } opened)
                    continue;
                context.Report(context.Case(
                    returned.Parent,
                    $"{function.Name}() opens a {opened.What} for every request and returns it, so that nobody closes it",
                    $"{(function.IsAsync ? "async with" : "with")} ... as {NameOf(returned)}: yield {NameOf(returned)}",
                    Confidence.High,
                    function));
            }
        }
    }

    private static string NameOf(Node returned) => returned.Kind == NodeKind.Identifier ? returned.Name : "opened";

    private static Opened? OpenedBy(Node returned, Function function, RuleContext context)
    {
        if (returned.Kind == NodeKind.Await)
            returned = returned.FirstChild;
        if (returned.Kind == NodeKind.Identifier && function.Scope.Own(returned.Name) is { } local)
        {
            foreach (var assignment in local.Assignments)
            {
                if (assignment.Kind == AssignmentKind.Plain && OpenedBy(assignment.Value.Bare, function, context) is { } opened)
                    return opened;
            }
        }

        if (returned.Kind != NodeKind.Call)
            return null;
        var site = new CallSite(returned, context.Resolver.NameOf(returned.Child(Field.Function)), function);
        return Openers.Of(site, context.Resolver);
    }
}
