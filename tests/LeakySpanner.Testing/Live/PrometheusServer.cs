using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>A real Prometheus with its data in a folder of its own, on a port of the loopback interface that the kernel chose.</summary>
public sealed partial class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly HttpClient _client;

    private PrometheusServer(ChildProcess process, string folder, int port)
    {
        Process = process;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}") };
    }

    public ChildProcess Process { get; }

    /// <summary>The folder of prometheus and promtool, where `make setup` puts them or on the PATH; or null.</summary>
    public static string? Programs { get; } = new[] { Path.Combine(Checkout.Root, "artifacts", "prometheus") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "promtool")) && File.Exists(Path.Combine(folder, "prometheus")));

    /// <param name="configuration">prometheus.yml; RULES in it stands for the path of the rules.</param>
    /// <param name="rules">Of alerts.</param>
    public static async Task<PrometheusServer> StartAsync(string configuration, string rules)
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
        var rulesFile = Path.Combine(folder, "rules.yml");
        var configurationFile = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(rulesFile, rules);
        await File.WriteAllTextAsync(configurationFile, configuration.Replace("RULES", rulesFile, StringComparison.Ordinal));
        var process = ChildProcess.Start(Path.Combine(Programs!, "prometheus"),
        [
            "--config.file=" + configurationFile, "--storage.tsdb.path=" + Path.Combine(folder, "data"), "--web.listen-address=127.0.0.1:0",
        ]);
        try
        {
            var port = int.Parse((await process.WaitForLineAsync(Address(), LongestStart)).Groups["port"].Value, CultureInfo.InvariantCulture);
            await process.WaitForLineAsync(Ready(), LongestStart);
            return new PrometheusServer(process, folder, port);
        }
        catch
        {
            await process.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Evaluates an expression as of now: the vector, one element per series.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(string expression)
    {
        using var answer = await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(expression));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
            (IReadOnlyDictionary<string, string>)series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))];
    }

    /// <summary>"up", "down" or "unknown" of the only target, and its last error.</summary>
    public async Task<(string Health, string Error)> TargetAsync()
    {
        using var answer = await GetAsync("/api/v1/targets");
        var target = answer.RootElement.GetProperty("data").GetProperty("activeTargets")[0];
        return (target.GetProperty("health").GetString()!, target.GetProperty("lastError").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonDocument> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonDocument.Parse(body) : throw new InvalidOperationException($"{path}: {body}");
    }

    [GeneratedRegex(@"msg=""Listening on"" address=127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex Address();

    [GeneratedRegex("Server is ready to receive web requests")]
    private static partial Regex Ready();
}
