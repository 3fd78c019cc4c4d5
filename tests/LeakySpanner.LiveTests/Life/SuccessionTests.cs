using System.Globalization;
using System.Text.Json;
using LeakySpanner.LiveTests.Shim;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Life;

/// <summary>Workers that come and go: what is asked about is the service.</summary>
[Collection(WatchedServices.Name)]
public sealed class SuccessionTests
{
    private const int MostRequests = 30;

    [LiveTheory]
    [InlineData("diagnose", "--duration", "120s")]
    [InlineData("detect", "120", "1")]
    public async Task A_worker_that_has_had_its_requests_is_followed_by_the_one_in_its_place(params string[] command)
    {
        await using var service = await WebService.StartAsync(
            WebServer.Gunicorn(1, "--max-requests", $"{MostRequests}"), "plain_wsgi:application", Path.Combine(AppContext.BaseDirectory, "Targets"));
        var worker = await AskAsync(service);
        await using var tool = Tool.Start([.. command, "--pid", $"{worker}", "--json"]);
        // Its parent is pinned as well, once it is attached to.
        await BadTargetTests.BeingRead(tool, pins: 2);

        for (var asked = 1; asked < MostRequests; asked++)
            (await AskAsync(service)).ShouldBe(worker);
        var successor = await Eventually.GetAsync(async () => await AskAsync(service) is var pid && pid != worker && pid != 0 ? $"{pid}" : null, WatchedService.Bound, () => service.Output);
        await BadTargetTests.BeingRead(tool, pins: 3);
        tool.Signal("INT");
        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var report = JsonDocument.Parse(answer.Output).RootElement;
        report.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)
            .ShouldContain(note => note.Contains($"pid {worker} ended after") && note.Contains($"pid {successor} took its place, watched for"), answer.Output);
        report.GetProperty("process").GetProperty("pid").GetInt32().ToString(CultureInfo.InvariantCulture).ShouldBeOneOf($"{worker}", successor);
        service.Process.HasExited.ShouldBeFalse();
    }

    /// <returns>Who answered; 0 where nobody did.</returns>
    private static async Task<int> AskAsync(WebService service)
    {
        try
        {
            return int.Parse(await service.Client.GetStringAsync("/"), CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            // Between two workers nobody answers, or a connection is cut.
            return 0;
        }
    }
}
