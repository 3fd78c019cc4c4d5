namespace LeakySpanner.Sessions.Lines;

/// <summary>A source file with what its lines hold.</summary>
/// <param name="File">As the samples name it.</param>
/// <param name="Live">Bytes alive at the end, of the whole program.</param>
/// <param name="Peak">Bytes at the peak, of the whole program.</param>
/// <param name="Lines">By number: of the source as far as it could be read, and every line that holds anything.</param>
/// <param name="Notes">What to know of it.</param>
internal sealed record AnnotatedFile(string File, long Live, long Peak, IReadOnlyList<AnnotatedLine> Lines, IReadOnlyList<string> Notes);

/// <param name="Line">From 1.</param>
/// <param name="Source">Null where it could not be read.</param>
/// <param name="Live">What it allocated and what is alive at the end.</param>
/// <param name="Peak">The same at the peak.</param>
/// <param name="Share">Of all that is alive; what its calls allocated is in it.</param>
internal readonly record struct AnnotatedLine(int Line, string? Source, LineBytes Live, LineBytes Peak, double Share)
{
    public bool HoldsAnything => Live.WithCalls > 0 || Peak.WithCalls > 0;
}

/// <param name="Own">Allocated on the line itself.</param>
/// <param name="WithCalls">That, and what was allocated in calls from there.</param>
internal readonly record struct LineBytes(long Own, long WithCalls);
