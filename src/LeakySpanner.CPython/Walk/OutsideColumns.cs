namespace LeakySpanner.CPython.Walk;

/// <summary>Sizes and edges of the objects outside arenas, round by round.</summary>
internal sealed class OutsideColumns
{
    public List<uint> Sizes { get; } = [];

    public List<int> Degrees { get; } = [];

    public List<int[]> Segments { get; } = [];

    public int Count => Sizes.Count;

    public void Append(Chunk chunk)
    {
        Sizes.AddRange(chunk.Sizes);
        Degrees.AddRange(chunk.Degrees);
        Segments.Add(chunk.Edges);
    }

    /// <summary>A run of objects that one worker read.</summary>
    internal sealed record Chunk(uint[] Sizes, int[] Degrees, int[] Edges);
}
