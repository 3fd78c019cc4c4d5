using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>Functions that fill a registry: they run once per thing that the program defines, not once per request.</summary>
internal static class Registration
{
    private static readonly string[] Prefixes =
    [
        "register", "add_", "install", "setup", "set_up", "configure", "config", "load", "init", "enable", "include", "extend", "define", "import", "declare",
        "_register", "_add_", "_init", "_load", "_setup", "mount", "use", "bind", "contribute", "__init_subclass__", "__set_name__", "discover", "collect", "build",
        "_build", "make_", "create_app", "main", "parse_args", "populate", "_populate", "__new__",
    ];

    public static bool IsOne(Function function, ProjectFacts facts)
    {
        for (var at = function; at is not null; at = at.Outer)
        {
            if (Prefixes.Any(prefix => at.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) || at.Name is "route" or "on" or "hook" or "task")
                return true;
        }

        // A decorator's inner function, and what is used as one.
        return function.Outer is not null || facts.Decorators.Contains(function.QualifiedName) || function.Owner is { } owner && IsMetaclass(owner);
    }

    private static bool IsMetaclass(Class owner) => owner.Bases.Any(expression => expression.Kind == NodeKind.Identifier && expression.Is("type"u8));
}
