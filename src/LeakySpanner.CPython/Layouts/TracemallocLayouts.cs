namespace LeakySpanner.CPython.Layouts;

/// <summary>
/// What tracemalloc keeps, by version: the same from 3.9 to 3.11; from 3.12 on with its variables in _PyRuntimeState, which stands elsewhere
/// in every version. Checked with scripts/layout/probe; the structs of 3.8, which no header declares, against Modules/hashtable.h and _tracemalloc.c.
/// </summary>
public static class TracemallocLayouts
{
    public static readonly TracemallocLayout Python39 = new(
        ConfigTracing: 4, ConfigMostFrames: 8, ConfigSize: 12,
        TableEntries: 0, TableBucketCount: 8, TableBuckets: 16, TableFind: 24, TableHash: 32, TableCompare: 40, TableKeyDestroy: 48, TableValueDestroy: 56, TableSize: 80,
        EntryNext: 0, EntryHash: 8, EntryKey: 16, EntryValue: 24, EntrySize: 32,
        TraceBytes: 0, TraceTraceback: 8, TraceSize: 16,
        TracebackFrameCount: 8, TracebackAllFrames: 10, TracebackFrames: 12, FrameFile: 0, FrameLine: 8, FrameSize: 12);

    /// <summary>Keys and traces stand in the entries. There is no function that finds an entry, nor any that destroys; tracebacks do not say how
    /// many frames there were in all, but how many they have in four bytes, of which the upper two are zero.</summary>
    public static readonly TracemallocLayout Python38 = Python39 with
    {
        ConfigSize = 16,
        TableEntries = 8,
        TableBucketCount = 0,
        TableBuckets = 16,
        TableFind = 40,
        TableHash = 40,
        TableCompare = 48,
        TableKeyDestroy = 56,
        TableValueDestroy = 64,
        TableSize = 72,
        EntryValue = -1,
        EntrySize = 16,
        TracebackAllFrames = 8,
        Inline = new InlineTableLayout(KeySize: 24, DataSize: 32),
    };

    public static readonly TracemallocLayout Python312 = Python39 with { State = TracemallocStateLayout.At(2768) };

    public static readonly TracemallocLayout Python313 = Python39 with { State = TracemallocStateLayout.At(10080) };

    public static readonly TracemallocLayout Python314 = Python39 with { State = TracemallocStateLayout.At(10296) };

    public static readonly TracemallocLayout Python315 = Python39 with { State = TracemallocStateLayout.At(10432), FileIsBytes = true };
}
