namespace LeakySpanner.CPython.Walk;

/// <summary>
/// The columns of the graph while workers fill them: each node's entries are written by the one worker that reads it. Until
/// <see cref="Join"/>, the starts hold the number of edges of the node before.
/// </summary>
internal sealed class GraphColumns
{
    /// <summary>Room for objects outside arenas: beyond it, the columns are copied once.</summary>
    private const int SlackShift = 6;
    private const int LeastSlack = 1 << 16;

    public GraphColumns(List<int[]> rows, int count, int segments)
    {
        Count = count;
        var capacity = (int)Math.Min(count + (long)(count >> SlackShift) + LeastSlack, Array.MaxLength - 1);
        Types = new int[capacity];
        var at = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(Types, at);
            at += rows[i].Length;
            rows[i] = [];
        }

        if (at != count)
            throw new InvalidOperationException("types and pools disagree");
        Addresses = new ulong[capacity];
        Sizes = new uint[capacity];
        EdgeStarts = new int[capacity + 1];
        Segments = [.. Enumerable.Repeat<int[]>([], segments)];
    }

    /// <summary>Nodes; the arrays are longer.</summary>
    public int Count { get; private set; }

    public int[] Types { get; private set; }

    public ulong[] Addresses { get; private set; }

    public uint[] Sizes { get; private set; }

    public int[] EdgeStarts { get; private set; }

    /// <summary>Edges of runs of nodes, in the nodes' order.</summary>
    public List<int[]> Segments { get; }

    public int[] Edges { get; private set; } = [];

    /// <summary>Appends the objects outside arenas and joins the segments; each is let go once it is copied.</summary>
    public void Join(OutsideObjects outside, OutsideColumns found)
    {
        var first = Count;
        var count = first + found.Count;
        if (count > Types.Length)
        {
            Types = Grown(Types, count);
            Addresses = Grown(Addresses, count);
            Sizes = Grown(Sizes, count);
            EdgeStarts = Grown(EdgeStarts, count + 1);
        }

        Count = count;
        for (var i = 0; i < found.Count; i++)
        {
            Types[first + i] = outside.RowOf(i);
            Addresses[first + i] = outside.AddressOf(i);
            Sizes[first + i] = found.Sizes[i];
            EdgeStarts[first + i + 1] = found.Degrees[i];
        }

        for (var i = 0; i < count; i++)
            EdgeStarts[i + 1] += EdgeStarts[i];
        Segments.AddRange(found.Segments);
        found.Segments.Clear();
        Edges = GC.AllocateUninitializedArray<int>(EdgeStarts[count]);
        var at = 0;
        for (var i = 0; i < Segments.Count; i++)
        {
            Segments[i].CopyTo(Edges, at);
            at += Segments[i].Length;
            Segments[i] = [];
        }

        if (at != Edges.Length)
            throw new InvalidOperationException("edges and degrees disagree");
    }

    private static T[] Grown<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
