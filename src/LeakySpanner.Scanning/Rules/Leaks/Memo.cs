using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Decorators of functools that keep results.</summary>
internal static class Memo
{
    public static bool IsOne(Node decorator, Resolver resolver) =>
        resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator) is "functools.lru_cache" or "functools.cache";

    /// <summary>True where it keeps all of them. A plain lru_cache keeps 128.</summary>
    public static bool IsUnbounded(Node decorator, Resolver resolver)
    {
        if (!IsOne(decorator, resolver))
            return false;
        if (decorator.Kind != NodeKind.Call)
            return resolver.NameOf(decorator) == "functools.cache";
        return new CallSite(decorator, null, null).Argument(0, "maxsize"u8).Kind == NodeKind.NoneLiteral;
    }
}
