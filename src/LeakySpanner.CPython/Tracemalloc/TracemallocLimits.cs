namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>Every bound on what is read of tracemalloc's tables. Only the first is reached by sound processes.</summary>
public sealed record TracemallocLimits
{
    public static readonly TracemallocLimits Default = new();

    /// <summary>Traces read at a time; a larger table is sampled. Each costs some 0.2 microseconds.</summary>
    public long Traces { get; init; } = 4_000_000;

    /// <summary>Bytes of an image's data that are looked through for the tables.</summary>
    public long ImageBytes { get; init; } = 64L << 20;

    /// <summary>Tables of tracemalloc's domains. C extensions have one each (NumPy's is 389047).</summary>
    public int Domains { get; init; } = 256;

    /// <summary>Entries in one bucket. Blocks that lie a power of two apart share buckets, so that there can be some hundreds.</summary>
    public int EntriesPerBucket { get; init; } = 16 * 1024;

    /// <summary>Tracebacks whose site is remembered while a table is read; others are looked up anew each time. 24 bytes each.</summary>
    public int Tracebacks { get; init; } = 256 * 1024;

    /// <summary>Lines that are told apart; what was allocated at others is in the totals only. 48 bytes each.</summary>
    public int Sites { get; init; } = 128 * 1024;

    /// <summary>Files that are told apart, and the characters of each name.</summary>
    public int Files { get; init; } = 32 * 1024;

    public int FileNameLength { get; init; } = 4096;

    /// <summary>How often a table that moved while it was read is read again.</summary>
    public int Attempts { get; init; } = 8;
}
