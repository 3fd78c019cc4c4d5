using System.Globalization;
using System.IO.Compression;
using System.Text;
using LeakySpanner.Scanning.Logs;
using LeakySpanner.Scanning.Logs.Facts;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs;

public sealed class LogReaderTests
{
    [Fact]
    public void Files_are_read_in_the_order_of_their_times()
    {
        // The kernel kills at 14:05:30; what the application served in the minute before it stands in another file.
        var access = new StringBuilder();
        for (var minute = 0; minute < 10; minute++)
        {
            for (var second = 0; second < 60; second += 10)
            {
                access.Append(CultureInfo.InvariantCulture, $"127.0.0.1 - - [01/Mar/2026:14:{minute:00}:{second:00} +0000] \"GET /{(minute == 5 ? "report" : "items")} HTTP/1.1\" 200 2\n");
            }
        }

        var facts = LogTexts.Read(
        [
            ("kernel.log", "2026-03-01T14:05:30Z web1 kernel: Out of memory: Killed process 4121 (python3) total-vm:1kB, anon-rss:163296kB, file-rss:0kB, shmem-rss:0kB\n"u8.ToArray()),
            ("access.log", Encoding.UTF8.GetBytes(access.ToString())),
        ]);

        facts.Windows.Count.ShouldBe(1);
        facts.Endpoints.Single(endpoint => endpoint.Name == "GET /report").Before.ShouldBe(new BeforeKills(1, 4));
        facts.Endpoints.Single(endpoint => endpoint.Name == "GET /items").Before.ShouldBe(new BeforeKills(1, 3));
    }

    [Fact]
    public void Kills_that_several_logs_tell_of_are_one()
    {
        var facts = LogTexts.Read(
        [
            ("kernel.log", "2026-03-01T14:32:05Z web1 kernel: Memory cgroup out of memory: Killed process 4121 (python3) total-vm:1kB, anon-rss:163296kB, file-rss:0kB, shmem-rss:0kB\n"u8.ToArray()),
            ("gunicorn.log", "[2026-03-01 14:32:06 +0000] [7] [ERROR] Worker (pid:4121) was sent SIGKILL! Perhaps out of memory?\n"u8.ToArray()),
            ("pod.log", "2026-03-01T14:32:10Z container die 4f1e2d3c4b5a69788796a5b4c3d2e1f0 (exitCode=137, name=web)\n"u8.ToArray()),
        ]);

        var kill = facts.Kills.ShouldHaveSingleItem();
        kill.Cause.ShouldBe(KillCause.OutOfMemory);
        kill.Sources.ShouldBe(["docker events", "gunicorn", "kernel"]);
    }

    [Fact]
    public void Gzip_is_known_by_its_content()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write("INFO:     127.0.0.1:1 - \"GET /a HTTP/1.1\" 200 OK\n"u8);

        LogTexts.Read([("access.log", packed.ToArray())]).Endpoints.ShouldHaveSingleItem().Name.ShouldBe("GET /a");

        var damaged = packed.ToArray();
        damaged.AsSpan(10).Fill(0xff);
        LogTexts.Read([("access.log", damaged)]).Files.ShouldHaveSingleItem().Trouble.ShouldNotBeNull().ShouldContain("damaged");
    }

    [Fact]
    public void What_cannot_be_unpacked_says_how_to()
    {
        LogTexts.Read([("a.zst", [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0])]).Files.ShouldHaveSingleItem().Trouble.ShouldNotBeNull().ShouldContain("zstdcat");
        LogTexts.Read([("a.xz", [0xfd, .. "7zXZ"u8, 0])]).Files.ShouldHaveSingleItem().Trouble.ShouldNotBeNull().ShouldContain("xzcat");
    }

    [Fact]
    public void A_file_that_cannot_be_opened_does_not_keep_others_from_being_read()
    {
        var facts = LogReader.Read(
            [
                new LogSource("gone.log", LogTexts.Written, () => throw new FileNotFoundException()),
                new LogSource("here.log", LogTexts.Written, () => new MemoryStream("INFO:     127.0.0.1:1 - \"GET /a HTTP/1.1\" 200 OK\n"u8.ToArray())),
            ],
            new LogOptions(TimeSpan.Zero, null), null, CancellationToken.None);

        facts.Files.Select(file => (file.Name, file.Lines, file.Trouble)).ShouldBe([("gone.log", 0L, "there is no such file"), ("here.log", 1, null)]);
        facts.Endpoints.ShouldHaveSingleItem();
    }

    [Fact]
    public void Lines_that_are_not_understood_are_counted_and_shown_once_per_shape()
    {
        var facts = LogTexts.Read("wibble 1\nwibble 2\nwibble 3\nquux\n\n\u0001\u0002\u0003\n");

        facts.UnreadLines.ShouldBe(5);
        facts.UnreadSamples.Length.ShouldBe(3);
        facts.UnreadSamples[0].ShouldBe("wibble 1");
    }

    [Fact]
    public void Stopped_early_it_says_what_it_has()
    {
        using var stop = new CancellationTokenSource();
        var line = "INFO:     127.0.0.1:1 - \"GET /a HTTP/1.1\" 200 OK\n"u8.ToArray();
        var bytes = Enumerable.Repeat(line, 50_000).SelectMany(part => part).ToArray();

        var facts = LogReader.Read([new LogSource("a", LogTexts.Written, () => new MemoryStream(bytes))], new LogOptions(TimeSpan.Zero, null), _ => stop.Cancel(), stop.Token);

        facts.Endpoints.ShouldHaveSingleItem().Requests.ShouldBeInRange(1, 49_999);
        facts.Remarks.ShouldHaveSingleItem().ShouldStartWith("stopped");
    }

    [Fact]
    public void Space_does_not_grow_with_the_log()
    {
        long Allocated(int lines)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LogReader.Read([new LogSource("a", LogTexts.Written, () => new AccessLogStream(lines))], new LogOptions(TimeSpan.Zero, null), null, CancellationToken.None);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var (few, many) = (Allocated(20_000), Allocated(200_000));

        (many - few).ShouldBeLessThan(180_000, "a line of an access log must not allocate a byte");
    }

    [Fact]
    public void Damaged_logs_never_throw()
    {
        var fixtures = Directory.GetFiles(LogTexts.FixtureFolder()).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        var random = new Random(20260301);
        for (var round = 0; round < 600; round++)
        {
            var bytes = (byte[])fixtures[round % fixtures.Count].Clone();
            for (var wrong = random.Next(1, 200); wrong > 0; wrong--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes[at] = (byte)"\n:[]\"{} /,.0"[random.Next(12)];
                        break;
                    case 2:
                        var length = Math.Min(random.Next(1, 40), bytes.Length - at);
                        bytes.AsSpan(random.Next(bytes.Length - length), length).CopyTo(bytes.AsSpan(at, length));
                        break;
                    default:
                        bytes = bytes.Length > 64 ? [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 30))..]] : bytes;
                        break;
                }

                if (bytes.Length < 32)
                    break;
            }

            var facts = LogTexts.Read([("damaged.log", bytes)], TimeSpan.FromSeconds(1));
            facts.Files.ShouldHaveSingleItem().Bytes.ShouldBe(bytes.Length);
        }
    }

    /// <summary>Lines as uvicorn writes them, made while they are read.</summary>
    private sealed class AccessLogStream(int lines) : MemoryStream
    {
        private readonly byte[] _block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"INFO:     127.0.0.1:{40_000 + i} - \"GET /items/{i} HTTP/1.1\" 200 OK\n"))));

        private long _at;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_at >= (long)_block.Length * lines / 100)
                return 0;
            var part = _block.AsSpan((int)(_at % _block.Length));
            var length = Math.Min(part.Length, buffer.Length);
            part[..length].CopyTo(buffer);
            _at += length;
            return length;
        }
    }
}
