using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.Benchmarks;

/// <param name="Rate">Requests per second.</param>
/// <param name="Requests">All of them.</param>
/// <param name="Median">Milliseconds.</param>
/// <param name="Tail">99th percentile, milliseconds.</param>
internal readonly partial record struct Wrk(double Rate, long Requests, double Median, double Tail)
{
    /// <exception cref="InvalidOperationException">A request failed.</exception>
    public static async Task<Wrk> RunAsync(Uri url, int seconds, int connections = 8)
    {
        await using var wrk = ChildProcess.Start("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", url.ToString()]);
        await wrk.WaitForExitAsync(TimeSpan.FromSeconds(seconds + 30));
        var text = wrk.StandardOutput;
        if (text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException($"requests failed:\n{text}");
        return new Wrk(
            Number(Requested().Match(text).Groups["rate"].Value), (long)Number(Total().Match(text).Groups["count"].Value), Latency(text, "50%"), Latency(text, "99%"));
    }

    private static double Latency(string text, string quantile)
    {
        var match = Regex.Match(text, $@"{quantile}\s+(?<value>[0-9.]+)(?<unit>us|ms|s)");
        return Number(match.Groups["value"].Value) * match.Groups["unit"].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[0-9.]+)")]
    private static partial Regex Requested();

    [GeneratedRegex(@"(?<count>\d+) requests in")]
    private static partial Regex Total();
}
