using System.Diagnostics;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>Prometheus' own tool about what we write for it.</summary>
public sealed partial class PromToolTests
{
    /// <summary>The goldens are what the fast tests hold the writer to.</summary>
    [PrometheusFact]
    public async Task Metrics_are_as_prometheus_wants_them()
    {
        foreach (var golden in new[] { "metrics", "metrics-empty" })
        {
            var answer = await PromTool.CheckMetricsAsync(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tests", "goldens", golden + ".txt")));
            answer.ExitCode.ShouldBe(0, $"{golden}: {answer}");
        }
    }

    [PrometheusFact]
    public async Task What_is_wrong_would_be_found()
    {
        (await PromTool.CheckMetricsAsync("# HELP a_total x\n# TYPE a_total counter\na_total{worker=\"0} 1\n")).ExitCode.ShouldNotBe(0);
        (await PromTool.CheckMetricsAsync("# HELP a_milliseconds x\n# TYPE a_milliseconds counter\na_milliseconds 1\n")).ExitCode.ShouldNotBe(0);
    }

    [PrometheusFact]
    public async Task The_alerts_of_the_documentation_are_rules()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "metrics.md"));
        var rules = YamlBlock().Matches(page).Select(match => match.Groups["yaml"].Value).Single(yaml => yaml.StartsWith("groups:", StringComparison.Ordinal));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, rules);

            var answer = await PromTool.RunAsync(null, "check", "rules", "--lint=all", "--lint-fatal", file);

            answer.ExitCode.ShouldBe(0, answer.ToString());
            answer.Output.ShouldContain("5 rules found");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}

internal static class PromTool
{
    /// <summary>Parses, and lints.</summary>
    public static Task<Answer> CheckMetricsAsync(string text) => RunAsync(text, "check", "metrics");

    public static async Task<Answer> RunAsync(string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(PrometheusServer.Programs!, "promtool"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new Answer(process.ExitCode, await output, await error);
    }
}
