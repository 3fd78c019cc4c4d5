using System.Text;

namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>
/// Requests by endpoint, in bounded space. Logs name what was asked for ("/items/17"), not the route: a piece of a path that looks like
/// data is a parameter at once, and where one place has more different pieces than a program has routes, they are parameters too.
/// Endpoints that become one keep their numbers; <see cref="Canonical"/> tells which one stands for them.
/// </summary>
internal sealed class EndpointTable
{
    /// <summary>More different pieces in one place than this are data.</summary>
    public const int MostSiblings = 60;

    /// <summary>What does not fit is one endpoint: number 0.</summary>
    public const int MostEndpoints = 4096;

    private const int MostNodes = 16 * 1024;
    private const int MostDepth = 12;
    private const int MostMethods = 16;
    private const int CacheSize = 8192;

    private readonly Dictionary<ulong, RouteNode> _methods = [];
    private readonly List<EndpointCount> _endpoints = [new("(other)")];
    private readonly List<int> _parents = [0];
    private readonly ulong[] _cachedHashes = new ulong[CacheSize];
    private readonly int[] _cachedEndpoints = new int[CacheSize];
    private int _nodes;

    public int Count => _endpoints.Count;

    public EndpointCount this[int endpoint] => _endpoints[Canonical(endpoint)];

    /// <param name="method">"GET".</param>
    /// <param name="path">With or without a query, which does not count.</param>
    /// <returns>The endpoint's number.</returns>
    public int Find(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        var query = path.IndexOfAny((byte)'?', (byte)'#');
        path = query < 0 ? path : path[..query];
        var hash = HashOf(method, path);
        var slot = (int)(hash % CacheSize);
        if (_cachedHashes[slot] == hash)
            return _cachedEndpoints[slot];

        var endpoint = Walk(method, path);
        (_cachedHashes[slot], _cachedEndpoints[slot]) = (hash, endpoint);
        return endpoint;
    }

    /// <summary>The number that stands for an endpoint since it became one with others.</summary>
    public int Canonical(int endpoint)
    {
        while (_parents[endpoint] != endpoint)
            endpoint = _parents[endpoint] = _parents[_parents[endpoint]];
        return endpoint;
    }

    /// <summary>
    /// At the end, places whose pieces are nearly as many as their requests are parameters too, though they were not many enough to
    /// show on the way.
    /// </summary>
    public void Settle()
    {
        foreach (var root in _methods.Values)
            Settle(root, MostDepth);
    }

    /// <summary>Those that stand for themselves and were asked for.</summary>
    public IEnumerable<(int Number, EndpointCount Count)> All() =>
        Enumerable.Range(0, _endpoints.Count).Where(number => _parents[number] == number && !_endpoints[number].IsEmpty).Select(number => (number, _endpoints[number]));

    private int Walk(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        if (!_methods.TryGetValue(PathSegment.Hash(method), out var node))
        {
            if (_methods.Count >= MostMethods)
                return 0;
            _methods.Add(PathSegment.Hash(method), node = new RouteNode(Encoding.UTF8.GetString(method), null));
        }

        var scheme = path.IndexOf("://"u8);
        if (scheme is > 0 and < 8)
        {
            path = path[(scheme + 3)..];
            path = path.IndexOf((byte)'/') is var slash and >= 0 ? path[slash..] : "/"u8;
        }

        if (!path.IsEmpty && path[0] != '/')
        {
            node = Child(node, path);
            node.IsBare = true;
            return EndpointOf(node);
        }

        for (var depth = 0; depth < MostDepth && !path.IsEmpty; depth++)
        {
            path = path[1..];
            var end = path.IndexOf((byte)'/');
            var segment = end < 0 ? path : path[..end];
            path = path[segment.Length..];
            node = Child(node, segment);
        }

        return EndpointOf(node);
    }

    private RouteNode Child(RouteNode node, ReadOnlySpan<byte> segment)
    {
        if (node.IsCollapsed || PathSegment.IsParameter(segment))
            return node.Parameter ??= NewNode("{}", node);
        var hash = PathSegment.Hash(segment);
        if (node.Children.TryGetValue(hash, out var child))
            return child;
        if (node.Children.Count >= MostSiblings || _nodes >= MostNodes)
        {
            Collapse(node);
            return node.Parameter!;
        }

        child = NewNode(Encoding.UTF8.GetString(segment), node);
        node.Children.Add(hash, child);
        return child;
    }

    private RouteNode NewNode(string piece, RouteNode parent)
    {
        _nodes++;
        return new RouteNode(piece, parent);
    }

    private int EndpointOf(RouteNode node)
    {
        if (node.Endpoint < 0)
        {
            if (_endpoints.Count >= MostEndpoints)
                return node.Endpoint = 0;
            node.Endpoint = _endpoints.Count;
            _endpoints.Add(new EndpointCount(node.FullName()));
            _parents.Add(node.Endpoint);
        }

        return Canonical(node.Endpoint);
    }

    private void Collapse(RouteNode node)
    {
        var into = node.Parameter ??= NewNode("{}", node);
        var children = node.Children.Values.ToList();
        node.Children.Clear();
        node.IsCollapsed = true;
        foreach (var child in children)
            Merge(child, into, MostDepth);
    }

    /// <param name="from">Is no longer reached.</param>
    private void Merge(RouteNode from, RouteNode into, int depth)
    {
        _nodes--;
        if (from.Endpoint > 0)
        {
            if (into.Endpoint < 0)
            {
                into.Endpoint = from.Endpoint;
                this[into.Endpoint].Name = into.FullName();
            }
            else if (Canonical(from.Endpoint) is var gone && Canonical(into.Endpoint) is var kept && gone != kept && kept != 0)
            {
                _endpoints[kept].Add(_endpoints[gone]);
                _parents[gone] = kept;
            }
        }

        if (depth == 0)
            return;
        if (from.Parameter is { } parameter)
            Merge(parameter, into.Parameter ??= NewNode("{}", into), depth - 1);
        foreach (var (hash, child) in from.Children)
        {
            if (into.IsCollapsed)
                Merge(child, into.Parameter!, depth - 1);
            else if (into.Children.TryGetValue(hash, out var same))
                Merge(child, same, depth - 1);
            else
                Merge(child, into.Children[hash] = NewNode(child.Piece, into), depth - 1);
        }
    }

    private void Settle(RouteNode node, int depth)
    {
        const int few = 6;
        if (depth == 0)
            return;
        var leaves = node.Children.Values.Where(child => child.Endpoint > 0).ToList();
        if (leaves.Count >= few && leaves.Count == node.Children.Count && leaves.Sum(leaf => this[leaf.Endpoint].Requests) < 2 * leaves.Count)
            Collapse(node);
        foreach (var child in node.Children.Values)
            Settle(child, depth - 1);
        if (node.Parameter is { } parameter)
            Settle(parameter, depth - 1);
    }

    private static ulong HashOf(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        // Eight bytes a step; paths are some tens of bytes.
        var hash = 14695981039346656037UL + (ulong)method.Length + (method.Length > 1 ? (((ulong)method[0] << 8) | method[1]) << 32 : 0);
        while (path.Length >= 8)
        {
            hash = (hash ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(path)) * 0x9E3779B97F4A7C15UL;
            hash ^= hash >> 32;
            path = path[8..];
        }

        foreach (var character in path)
            hash = (hash ^ character) * 1099511628211UL;
        hash ^= hash >> 29;
        return hash | 1;
    }
}
