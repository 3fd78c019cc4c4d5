using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Routes;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Code;

/// <summary>The last step of a walk: adds to a graph what the program's code and routing tables say.</summary>
public static class ProgramReader
{
    private const int LongestText = 4096;
    private const int MostCodes = 1_000_000;

    /// <summary>The same graph with its code objects and routes; unchanged where the version's instructions are unknown.</summary>
    public static HeapGraph AddTo(HeapGraph graph, ITargetMemory memory, PythonLayout layout, CancellationToken cancellation = default)
    {
        if (SupportedOpcodes.Find(layout.Version) is not { } opcodes)
            return graph;

        // Code objects and their names were made together at import and lie together: most reads hit a piece read before.
        memory = new CachedMemory(memory);
        string? TextAt(Address address) => PythonText.TryRead(memory, layout.Text, address, LongestText, out var text) ? text : null;

        var reader = new CodeReader(memory, layout, opcodes, TextAt);
        var codes = ImmutableArray.CreateBuilder<CodeInfo>();
        long unread = 0;
        for (var i = 0; i < graph.NodeCount && codes.Count < MostCodes; i++)
        {
            var node = new NodeId(i);
            if (graph.KindOf(node) != ObjectKind.Code)
                continue;
            cancellation.ThrowIfCancellationRequested();
            if (reader.Read(graph.AddressOf(node), node) is { } code)
                codes.Add(code);
            else
                unread++;
        }

        var routes = RouteReader.Read(graph, node => TextAt(graph.AddressOf(node)));
        var faults = graph.Coverage.Faults;
        if (unread > 0)
            faults = faults.SetItem("code object not readable", unread);
        if (reader.CorruptCount > 0)
            faults = faults.SetItem("code with unknown instructions", reader.CorruptCount);
        return graph.With(codes.ToImmutable(), routes, graph.Coverage with { Faults = faults });
    }
}
