using System.Globalization;
using System.IO.Compression;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs;

/// <summary>
/// Reads any number of logs of any size, once, in the order of their times, so that what the application said can be compared with what
/// the kernel said at that moment. The space it takes does not depend on how long they are.
/// </summary>
public static class LogReader
{
    /// <summary>Each open file takes half a megabyte.</summary>
    public const int MostFiles = 256;

    private const int LinesBetweenLooks = 4096;

    /// <summary>Never throws for what is in a file; what cannot be opened or read on is said in <see cref="LogFileFacts.Trouble"/>.</summary>
    /// <param name="sources">At most <see cref="MostFiles"/>.</param>
    /// <param name="options">Of the lines.</param>
    /// <param name="progress">Told now and then how many bytes were read, uncompressed; may be null.</param>
    /// <param name="stop">Ends the reading; what was read until then is returned.</param>
    public static LogFacts Read(IReadOnlyList<LogSource> sources, LogOptions options, Action<long>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Count, MostFiles, nameof(sources));
        var tally = new LogTally();
        var files = new LogFileFacts?[sources.Count];
        var open = new List<(int Number, LogCursor Cursor)>();
        for (var i = 0; i < sources.Count; i++)
        {
            if (Open(sources[i], options, out var trouble) is not { } cursor)
                files[i] = new(sources[i].Name, 0, 0, trouble);
            else if (cursor.MoveNext())
                open.Add((i, cursor));
            else
                files[i] = Close(cursor, tally);
        }

        var (looks, read) = (0, 0L);
        while (open.Count > 0 && !stop.IsCancellationRequested)
        {
            // The one whose next line is the earliest, until another one's is earlier.
            var next = 0;
            for (var i = 1; i < open.Count; i++)
                next = open[i].Cursor.Time < open[next].Cursor.Time ? i : next;
            var until = open.Count == 1 ? new LogTime(long.MaxValue) : open.Where((_, i) => i != next).Min(file => file.Cursor.Time);
            var (number, cursor) = open[next];
            var more = true;
            while (more && cursor.Time <= until)
            {
                cursor.Read(tally);
                more = cursor.MoveNext();
                if (++looks % LinesBetweenLooks != 0)
                    continue;
                progress?.Invoke(read + open.Sum(file => file.Cursor.Bytes));
                if (stop.IsCancellationRequested)
                    break;
            }

            if (more)
                continue;
            read += cursor.Bytes;
            files[number] = Close(cursor, tally);
            open.RemoveAt(next);
        }

        foreach (var (number, cursor) in open)
            files[number] = Close(cursor, tally);
        if (stop.IsCancellationRequested)
            tally.Remark("stopped before the end: what is said here is of what was read until then");
        return tally.ToFacts(files.OfType<LogFileFacts>());
    }

    private static LogFileFacts Close(LogCursor cursor, LogTally tally)
    {
        using (cursor)
            return cursor.End(tally);
    }

    private static LogCursor? Open(LogSource source, LogOptions options, out string? trouble)
    {
        trouble = null;
        try
        {
            var stream = Decompress(new PeekableStream(source.Open()), out trouble);
            if (stream is null)
                return null;
            var clock = new LogClock(source.Written, DateOf(source.Name), options.Offset);
            return new LogCursor(source.Name, stream, new LineContext(source.Name, clock, source.Written, options.Interval));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            trouble = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "permission denied",
                _ => "it cannot be read",
            };
            return null;
        }
    }

    /// <summary>By their first bytes, not by their names.</summary>
    private static Stream? Decompress(PeekableStream stream, out string? trouble)
    {
        trouble = null;
        var head = stream.Peek();
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return new GZipStream(stream, CompressionMode.Decompress);
        var other = head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) ? "zstdcat"
            : head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']) ? "xzcat"
            : head.StartsWith("BZh"u8) ? "bzcat" : null;
        if (other is null)
            return stream;
        trouble = $"it is compressed: use `{other} FILE | leakyspanner analyze-logs -`";
        stream.Dispose();
        return null;
    }

    /// <summary>The date in the name of a log of ours: leakyspanner_YYYYMMDD_HHMMSS.log.</summary>
    private static DateTime? DateOf(string name)
    {
        var file = Path.GetFileName(name);
        const string prefix = "leakyspanner_";
        return file.StartsWith(prefix, StringComparison.Ordinal) && file.Length >= prefix.Length + 8
            && DateTime.TryParseExact(file.AsSpan(prefix.Length, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
    }
}
