using System.Globalization;
using System.Text;

namespace LeakySpanner.Tests.Cli.Sessions.Logs;

/// <summary>Two days of a service that dies, as the logs of its platform and its server tell it.</summary>
internal static class Incidents
{
    private const string Container = "4f1e2d3c4b5a69788796a5b4c3d2e1f04f1e2d3c4b5a69788796a5b4c3d2e1f0";

    public static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Every hour at :00 a report is built, which takes what is left; memory is level before.</summary>
    public static (string Name, byte[] Bytes)[] Hourly()
    {
        var (events, access) = (new StringBuilder(), new StringBuilder());
        for (var hour = 1; hour <= 24; hour++)
        {
            var at = Start.AddHours(hour).AddSeconds(40 + (hour % 5));
            Events(events, at);
            Access(access, at.AddSeconds(-25), "/reports/daily", 200);
        }

        for (var second = 0; second < 86_400; second += 20)
            Access(access, Start.AddSeconds(second), second % 60 == 0 ? "/health" : $"/items/{second}", 200);
        return [("docker-events.log", Bytes(events)), ("access.log", Sorted(access))];
    }

    /// <summary>GET /query/{q} leaves 300 KB each time; the container is killed at 512 MB, about every 25 minutes, and the last life is young.</summary>
    public static (string Name, byte[] Bytes)[] Leak()
    {
        var (events, stats, access) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        var random = new Random(11);
        var memory = 90.0;
        for (var second = 0; second < 4 * 3600; second += 5)
        {
            var at = Start.AddSeconds(second);
            var queries = random.Next(0, 10) + (second / 600 % 3);
            for (var i = 0; i < queries; i++)
                Access(access, at, $"/query/q{(char)('a' + random.Next(26))}{second + i}", 200);
            for (var i = random.Next(0, 12); i > 0; i--)
                Access(access, at, $"/items/{random.Next(1000)}", 200);
            memory += queries * 0.3;
            if (memory > 512)
            {
                Events(events, at);
                memory = 90;
            }

            if (second % 15 == 0)
                stats.Append(CultureInfo.InvariantCulture, $"{{\"time\":\"{at:yyyy-MM-ddTHH:mm:ssZ}\",\"Name\":\"web\",\"MemUsage\":\"{memory + random.NextDouble():0.0}MiB / 512MiB\"}}\n");
        }

        return [("docker-events.log", Bytes(events)), ("docker-stats.json", Bytes(stats)), ("access.log", Bytes(access))];
    }

    private static void Events(StringBuilder log, DateTime at) => log
        .Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-ddTHH:mm:ss}.100000000Z container oom {Container} (image=shop:1, name=web)\n")
        .Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-ddTHH:mm:ss}.300000000Z container die {Container} (exitCode=137, image=shop:1, name=web)\n")
        .Append(CultureInfo.InvariantCulture, $"{at.AddSeconds(2):yyyy-MM-ddTHH:mm:ss}.000000000Z container start {Container} (image=shop:1, name=web)\n");

    private static void Access(StringBuilder log, DateTime at, string path, int status) =>
        log.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss},000 INFO 10.0.0.1:40000 - \"GET {path} HTTP/1.1\" {status}\n");

    private static byte[] Bytes(StringBuilder log) => Encoding.UTF8.GetBytes(log.ToString());

    private static byte[] Sorted(StringBuilder log) =>
        Encoding.UTF8.GetBytes(string.Join('\n', log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)) + "\n");
}
