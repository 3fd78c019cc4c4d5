using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>time.sleep(x) to await asyncio.sleep(x), where that is certain.</summary>
internal static class SleepFix
{
    /// <returns>Nothing where a person must look: inside a `with` (a lock would be held while others run), in comprehensions, or where `asyncio` means something else.</returns>
    public static IReadOnlyList<Edit> Edits(CallSite site, Function function)
    {
        if (site.Call.Parent.Kind != NodeKind.ExpressionStatement || site.HasSpread || site.Arguments.Children.Count != 1 || site.Arguments.FirstChild.Kind == NodeKind.KeywordArgument)
            return [];
        for (var node = site.Call.Parent; node.Exists && node.Index > function.Definition.Index; node = node.Parent)
        {
            if (node.Kind == NodeKind.WithStatement && !node.Child(NodeKind.Async).Exists)
                return [];
        }

        var callee = site.Call.Child(Field.Function);
        var change = new Edit(callee.Start, callee.End, "await asyncio.sleep");
        return Resolver.ScopeOf(site.Call).Find("asyncio") switch
        {
            { Kind: BindingKind.Import, Target: "asyncio", Scope.Kind: ScopeKind.Module } => [change],
            null when FirstImport(function.Module) is { Exists: true } first => [Import(function.Module, first), change],
            _ => [],
        };
    }

    private static Edit Import(Module module, Node first)
    {
        var text = module.File.Tree.Text;
        var end = text.AsSpan().IndexOf((byte)'\n');
        return new Edit(first.Start, first.Start, "import asyncio" + (end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n"));
    }

    /// <summary>At the start of a line, and not from __future__, which must stay first.</summary>
    private static Node FirstImport(Module module)
    {
        foreach (var node in module.File.Tree.Root.Children)
        {
            if (node.Kind is NodeKind.ImportStatement or NodeKind.ImportFromStatement && module.File.PositionOf(node).Column == 1)
                return node;
        }

        return default;
    }
}
