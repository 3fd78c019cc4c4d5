using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>
/// Access paths as small numbers, shared by all code objects of a walk: a service has tens of thousands of code objects
/// that speak of the same few thousand names.
/// </summary>
public sealed class PathTable
{
    /// <summary>The result of something that was not followed.</summary>
    public const int Unknown = 0;

    /// <summary>Nobody writes longer ones; a corrupt stack machine would.</summary>
    public const int LongestPath = 8;

    /// <summary>How an item taken by subscript is written in a path.</summary>
    public const string ItemName = "[]";

    private readonly List<Row> _rows = [new(PathOrigin.Unknown, "", -1, 0, null)];
    private readonly Dictionary<(int Parent, PathOrigin Origin, string Name), int> _ids = [];

    public int Count => _rows.Count;

    public int Root(PathOrigin origin, string name) => Intern(-1, origin, name, 0);

    /// <summary>The path with one more attribute; unknown where that would be too long.</summary>
    public int Attribute(int path, string name)
    {
        var row = _rows[path];
        return row.Depth >= LongestPath ? Unknown : Intern(path, row.Origin, name, row.Depth + 1);
    }

    /// <summary>The path of an item of it. Items of unknown things, and items of items of items, are not followed.</summary>
    public int ItemOf(int path) => Attribute(path, ItemName);

    /// <summary>What a path's last attribute was taken from; negative for a bare name.</summary>
    public int ParentOf(int path) => _rows[path].Parent;

    public string NameOf(int path) => _rows[path].Name;

    public PathOrigin OriginOf(int path) => _rows[path].Origin;

    public int DepthOf(int path) => _rows[path].Depth;

    /// <summary>True where one path is the other or a part of it.</summary>
    public bool IsWithin(int path, int container)
    {
        for (var at = path; at >= 0; at = _rows[at].Parent)
        {
            if (at == container)
                return true;
        }

        return false;
    }

    public AccessPath this[int path]
    {
        get
        {
            var row = _rows[path];
            if (row.Path is { } made)
                return made;
            var attributes = new string[row.Depth];
            var at = path;
            for (var depth = row.Depth; depth > 0; depth--)
            {
                attributes[depth - 1] = _rows[at].Name;
                at = _rows[at].Parent;
            }

            made = new AccessPath(row.Origin, _rows[at].Name, ImmutableArray.Create(attributes));
            _rows[path] = row with { Path = made };
            return made;
        }
    }

    private int Intern(int parent, PathOrigin origin, string name, int depth)
    {
        if (_ids.TryGetValue((parent, origin, name), out var id))
            return id;
        id = _rows.Count;
        _rows.Add(new Row(origin, name, parent, depth, null));
        _ids.Add((parent, origin, name), id);
        return id;
    }

    private readonly record struct Row(PathOrigin Origin, string Name, int Parent, int Depth, AccessPath? Path);
}
