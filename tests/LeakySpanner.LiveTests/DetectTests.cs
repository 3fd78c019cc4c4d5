using System.Text.Json;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>`detect SECONDS INTERVAL`: the kernel's numbers alone.</summary>
public sealed class DetectTests
{
    [LiveFact]
    public async Task A_leak_is_detected_and_said_in_words()
    {
        var answer = await DetectAsync("audit-api", warmUp: 3, "detect", "25", "1");

        answer.ExitCode.ShouldBe(1, answer.ToString());
        answer.Output.ShouldContain("LEAK DETECTED");
        answer.Output.ShouldContain("MB/min");
    }

    [LiveFact]
    public async Task A_cache_that_has_filled_is_no_leak()
    {
        var answer = await DetectAsync("telemetry-api", warmUp: 12, "detect", "15", "1", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var detection = JsonDocument.Parse(answer.Output).RootElement;
        detection.GetProperty("schema").GetString().ShouldBe("leakyspanner.detection/1");
        detection.GetProperty("initial_rss_bytes").GetInt64().ShouldBeGreaterThan(10_000_000);
    }

    private static async Task<Answer> DetectAsync(string name, double warmUp, params string[] arguments)
    {
        var sample = Sample.Named(name);
        await using var service = await PythonService.StartAsync(sample);
        await using var load = await LoadDriver.StartAsync(service, sample, TimeSpan.FromSeconds(120), (int)(sample.Rate * warmUp));
        return await Tool.RunAsync([.. arguments, "--pid", $"{service.Pid}"]);
    }
}
