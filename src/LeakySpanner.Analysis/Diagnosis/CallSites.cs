using System.Collections.Immutable;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Where the application calls what makes tasks, threads or descriptors, and the routes that lead there; inferred.</summary>
/// <param name="Sites">Calls first, then the definition of what is called.</param>
/// <param name="Endpoints">The nearest first.</param>
internal sealed record CallSites(ImmutableArray<Site> Sites, ImmutableArray<EndpointShare> Endpoints)
{
    public static readonly CallSites Nothing = new([], []);
    private const int Listed = 3;

    /// <param name="type">"coroutine app.jobs.poll", as the type table has it.</param>
    public static CallSites OfCoroutine(DiagnosisContext context, string type)
    {
        var graph = context.Graph!;
        var row = -1;
        for (var at = 0; at < graph.TypeTable.Length && row < 0; at++)
            row = graph.TypeTable[at].Name == type ? at : -1;
        var node = row < 0 ? -1 : graph.Types.IndexOf(row);
        var code = node < 0 ? NodeId.None : graph.Field(new NodeId(node), "__code__");
        var info = code.IsNone ? null : context.Program!.CodeAt(code);
        var name = (info?.Name ?? type)[((info?.Name ?? type).LastIndexOf('.') + 1)..];
        var found = OfNames(context, name);
        if (info is null)
            return found;
        var sites = found.Sites.Add(new Site(SourceFiles.Shown(info.File, context.Evidence.WorkingDirectory), info.FirstLine, info.Name)).Distinct();
        return new CallSites([.. sites], found.Endpoints.IsEmpty ? Routes(context, [code]) : found.Endpoints);
    }

    /// <param name="names">Last names of what is called: "open", "Thread".</param>
    public static CallSites OfNames(DiagnosisContext context, params string[] names)
    {
        if (context.Program is not { } program)
            return Nothing;
        var sites = new List<Site>();
        var codes = new List<NodeId>();
        foreach (var code in context.Graph!.Codes.Where(code => program.IsApplication(code.Node)))
        {
            foreach (var use in code.Uses.Where(use => use.Action == CodeAction.Call && names.Contains(use.Path.LastName)))
            {
                sites.Add(new Site(SourceFiles.Shown(code.File, context.Evidence.WorkingDirectory), use.Line, code.Name));
                codes.Add(code.Node);
            }
        }

        return new CallSites([.. sites.Distinct().Take(Listed)], Routes(context, codes));
    }

    private static ImmutableArray<EndpointShare> Routes(DiagnosisContext context, IReadOnlyCollection<NodeId> codes) =>
        [.. context.Endpoints!.RoutesTo(codes).Take(Listed).Select(route => new EndpointShare(route.Name, null, null))];
}
