using System.Text;

namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>A place in the tree of paths.</summary>
/// <param name="piece">The piece of the path, or "{}" for a parameter; the method for a root.</param>
/// <param name="parent">Null for a root.</param>
internal sealed class RouteNode(string piece, RouteNode? parent)
{
    public string Piece => piece;

    public Dictionary<ulong, RouteNode> Children { get; } = [];

    /// <summary>Where all pieces without a node of their own go; null while there are none.</summary>
    public RouteNode? Parameter { get; set; }

    /// <summary>Too many different pieces came here: every piece is a parameter from now on.</summary>
    public bool IsCollapsed { get; set; }

    /// <summary>What stands here is a function's name, not a path.</summary>
    public bool IsBare { get; set; }

    /// <summary>Number in the table of endpoints, or -1 where no request ended here.</summary>
    public int Endpoint { get; set; } = -1;

    /// <summary>"GET /items/{}".</summary>
    public string FullName()
    {
        var name = new StringBuilder();
        for (var node = this; node is not null; node = node.Up)
            name.Insert(0, node.Up is null ? node.Piece + " " : node.IsBare ? node.Piece : "/" + node.Piece);
        return name.ToString();
    }

    private RouteNode? Up => parent;
}
