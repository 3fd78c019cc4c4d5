using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using LeakySpanner.Scanning.Logs;
using LeakySpanner.Scanning.Logs.Facts;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>`analyze-logs` without its report: megabytes per second of processor time, and memory for a short log and a long one.</summary>
internal static class LogsBenchmark
{
    private const int BlockBytes = 8 << 20;
    private const int Rounds = 7;

    public static int Run(string[] arguments)
    {
        var megabytes = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 512;
        var uvicorn = Block(Uvicorn);
        var plain = Block(Application);

        // The first round is the compiler's.
        Measure(() => new CycledStream(uvicorn, BlockBytes));
        var few = PeakRssMB();
        Print($"uvicorn log of {megabytes} MB", Rates(() => new CycledStream(uvicorn, (long)megabytes << 20), megabytes), "150");
        Console.WriteLine($"logs: memory {F(few, "0")} MB after {BlockBytes >> 20} MB of log, {F(PeakRssMB(), "0")} MB after {Rounds} x {megabytes} MB (peak RSS of this process, {2 * BlockBytes >> 20} MB of which are the log itself); asked: constant");
        Print($"application log of {megabytes / 4} MB", Rates(() => new CycledStream(plain, (long)megabytes << 18), megabytes / 4), "-");

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(uvicorn);
        var bytes = packed.ToArray();
        Print($"uvicorn log, gzip, {BlockBytes >> 20} MB uncompressed", Rates(() => new MemoryStream(bytes), BlockBytes >> 20), "-");
        return 0;
    }

    private static List<double> Rates(Func<Stream> open, int megabytes) =>
        [.. Enumerable.Range(0, Rounds).Select(_ => megabytes / Measure(open))];

    private static void Print(string what, List<double> rates, string asked) =>
        Console.WriteLine($"logs: {what}: {F(Median(rates), "0")} MB/s per core (median of {Rounds}, {F(rates.Min(), "0")} to {F(rates.Max(), "0")}); asked: {asked}");

    /// <summary>Seconds of processor time, of all threads.</summary>
    private static double Measure(Func<Stream> open)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        LogFacts facts = LogReader.Read([new LogSource("access.log", DateTime.UnixEpoch, open)], new LogOptions(TimeSpan.Zero, null), null, CancellationToken.None);
        if (facts.UnreadLines > 0 || facts.Files[0].Lines == 0)
            throw new InvalidOperationException($"{facts.UnreadLines} lines were not read");
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
    }

    /// <summary>Half of all paths have a number or a name of their own, so that few come twice.</summary>
    private static string Uvicorn(Random random, int line) => string.Create(
        CultureInfo.InvariantCulture,
        $"INFO:     10.0.{random.Next(256)}.{random.Next(256)}:{random.Next(1024, 65536)} - \"{(random.Next(5) == 0 ? "POST" : "GET")} {Path(random)} HTTP/1.1\" {(random.Next(200) == 0 ? "500 Internal Server Error" : "200 OK")}\n");

    private static string Application(Random random, int line) => string.Create(
        CultureInfo.InvariantCulture,
        $"2026-03-01 {line / 3600 % 24:00}:{line / 60 % 60:00}:{line % 60:00},{random.Next(1000):000} INFO [shop.orders] order {random.Next(1_000_000)} of customer {random.Next(100_000)} stored in {random.Next(40)} ms\n");

    private static string Path(Random random) => random.Next(6) switch
    {
        0 => "/health",
        1 => $"/items/{random.Next(1_000_000)}",
        2 => $"/items/{random.Next(1_000_000)}/reviews?page={random.Next(9)}",
        3 => $"/query/{(char)('a' + random.Next(26))}{random.Next(100_000)}",
        4 => "/api/v1/orders",
        _ => "/static/app.js",
    };

    private static byte[] Block(Func<Random, int, string> line)
    {
        var random = new Random(1);
        var block = new byte[BlockBytes];
        var length = 0;
        for (var i = 0; length < BlockBytes; i++)
        {
            var text = Encoding.ASCII.GetBytes(line(random, i));
            text.AsSpan(0, Math.Min(text.Length, BlockBytes - length)).CopyTo(block.AsSpan(length));
            length += text.Length;
        }

        block[^1] = (byte)'\n';
        return block;
    }

    /// <summary>The same block again and again.</summary>
    private sealed class CycledStream(byte[] block, long bytes) : MemoryStream
    {
        private long _at;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var part = block.AsSpan((int)(_at % block.Length));
            var length = (int)Math.Min(Math.Min(part.Length, buffer.Length), bytes - _at);
            part[..length].CopyTo(buffer);
            _at += length;
            return length;
        }
    }
}
