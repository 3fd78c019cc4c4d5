using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Routes;

/// <summary>
/// The routing tables of web frameworks, as they stand in the heap: Starlette and FastAPI, Flask, Django. Works for
/// subclasses too, and needs nothing of the application.
/// </summary>
public static class RouteReader
{
    /// <param name="graph">The heap.</param>
    /// <param name="text">The text of a str object; asked only for route templates, methods and endpoint names.</param>
    public static ImmutableArray<RouteInfo> Read(HeapGraph graph, Func<NodeId, string?> text)
    {
        var table = new RouteTable(new ObjectLookup(graph), text);
        new StarletteRoutes(table).Read();
        new FlaskRoutes(table).Read();
        new DjangoRoutes(table).Read();
        return table.ToImmutable();
    }
}
