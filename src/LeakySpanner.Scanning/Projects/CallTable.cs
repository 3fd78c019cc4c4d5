using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>Every call of the project with what it calls, and which function calls or mentions which.</summary>
public sealed class CallTable
{
    private static readonly IReadOnlyList<CallSite> None = [];
    private readonly Dictionary<Module, List<CallSite>> _byModule = [];
    private readonly Dictionary<Function, List<CallSite>> _byFunction = [];
    private readonly Dictionary<string, List<CallSite>> _byCallee = new(StringComparer.Ordinal);

    public CallTable(Project project, ParallelOptions parallel)
    {
        var tables = new List<CallSite>[project.Modules.Count];
        Parallel.For(0, tables.Length, parallel, i => tables[i] = CallsOf(project.Modules[i], project.Resolver));
        for (var i = 0; i < tables.Length; i++)
        {
            _byModule[project.Modules[i]] = tables[i];
            foreach (var site in tables[i])
            {
                if (site.By is not null)
                    Add(_byFunction, site.By, site);
                // What is not the project's is looked up file by file.
                if (site.Callee is { } callee && project.Symbol(callee) is not null)
                    Add(_byCallee, callee, site);
            }
        }
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<CallSite> In(Module module) => _byModule.TryGetValue(module, out var sites) ? sites : None;

    /// <summary>Those in a function's own code, in lambdas too, in functions inside it not.</summary>
    public IReadOnlyList<CallSite> In(Function function) => _byFunction.TryGetValue(function, out var sites) ? sites : None;

    /// <summary>The calls of a function or class of the project.</summary>
    public IReadOnlyList<CallSite> Of(string callee) => _byCallee.TryGetValue(callee, out var sites) ? sites : None;

    private static List<CallSite> CallsOf(Module module, Resolver resolver)
    {
        var sites = new List<CallSite>();
        foreach (var node in module.File.Tree.Root.Subtree)
        {
            if (node.Kind == NodeKind.Call)
                sites.Add(new CallSite(node, resolver.NameOf(node.Child(Field.Function)), module.FunctionOf(node)));
        }

        sites.TrimExcess();
        return sites;
    }

    private static void Add<TKey>(Dictionary<TKey, List<CallSite>> table, TKey key, CallSite site)
        where TKey : notnull
    {
        if (!table.TryGetValue(key, out var sites))
            table[key] = sites = [];
        sites.Add(site);
    }
}
