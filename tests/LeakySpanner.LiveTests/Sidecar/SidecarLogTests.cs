using System.Text.RegularExpressions;
using LeakySpanner.Target;
using Shouldly;

namespace LeakySpanner.LiveTests.Sidecar;

/// <summary>One line in a real service, and what its log says from its start to its end.</summary>
public sealed partial class SidecarLogTests
{
    [LiveFact]
    public async Task A_session_is_logged_from_the_first_worker_to_the_summary_by_a_process_of_its_own()
    {
        await using var service = await GrowingService.StartAsync([], ("LEAKYSPANNER_LEAK_THRESHOLD_MB", "20"), ("LEAKYSPANNER_LEVEL", "basic"));
        var session = await service.LoggedAsync(@"^\[\d\d:\d\d:\d\d\] SESSION .*  sidecar=(?<pid>\d+)$");
        await service.LoggedAsync($@"^\[\d\d:\d\d:\d\d\] WORKER 0 started  pid={service.Process.Pid}  RSS=[\d.]+MB$");

        await service.Client.GetStringAsync("keep/30");
        (await service.Client.GetAsync("no/such/path")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);

        await service.LoggedAsync(@"^  \[\d\d:\d\d:\d\d\] ENDPOINT GET /keep/\{megabytes\}  mem_delta=\+30\.\d\dMB  status=200$");
        await service.LoggedAsync(@"^\[\d\d:\d\d:\d\d\] RSS=[\d.]+MB  VMS=[\d.]+MB  delta=\+[\d.]+MB$");
        await service.LoggedAsync(@"^  ⚠️  \[\d\d:\d\d:\d\d\] MEMORY GROWTH ALERT: \+[\d.]+ MB above baseline\n {17}\(baseline=[\d.]+ MB, current=[\d.]+ MB\)$");
        using var sidecar = TargetProcess.Observe(int.Parse(session.Groups["pid"].ValueSpan));
        sidecar.ReadStat().ParentPid.ShouldNotBe(service.Process.Pid);

        service.Process.Signal("TERM");
        await service.Process.WaitForExitAsync(GrowingService.Bound);

        var summary = await service.LoggedAsync(@"^  LEAKYSPANNER SESSION SUMMARY\n={70}\n  Peak RSS    : [\d.]+ MB\n  Final RSS   : [\d.]+ MB\n  Baseline RSS: [\d.]+ MB\n  Net growth  : [+-][\d.]+ MB\n\n  ENDPOINT MEMORY DELTAS \(sorted by avg\):\n(?<endpoints>(    .*\n)+)");
        summary.Groups["endpoints"].Value.ShouldContain("    GET    /keep/{megabytes}                   calls=   1  avg=+30.");
        summary.Groups["endpoints"].Value.ShouldContain("(unmatched)");
    }

    [LiveFact]
    public async Task A_service_that_is_killed_gets_its_summary()
    {
        await using var service = await GrowingService.StartAsync([], ("LEAKYSPANNER_LOG_FORMAT", "json"));
        await service.LoggedAsync("\"event\":\"worker_start\"");
        for (var i = 0; i < 20; i++)
            await service.Client.GetStringAsync("health");

        service.Process.Signal("KILL");

        (await service.LoggedAsync("\"event\":\"session_summary\".*\"endpoint\":\"GET /health\",\"requests\":20,")).Success.ShouldBeTrue();
    }

    /// <summary>Every line is whole, whoever it is about.</summary>
    [LiveFact]
    public async Task Two_workers_share_one_log_and_do_not_mix_their_lines()
    {
        await using var service = await GrowingService.StartAsync(["--workers", "2"], ("LEAKYSPANNER_INTERVAL_SECONDS", "0.2"), ("LEAKYSPANNER_LEAK_THRESHOLD_MB", "10000"));
        await service.LoggedAsync("WORKER 0 started");
        await service.LoggedAsync("WORKER 1 started");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
                await service.Client.GetStringAsync("keep/2");
        }));
        await service.LoggedAsync(@"^\[\d\d:\d\d:\d\d\] RSS=.*  GC=\(\d+, \d+, \d+\)  pid=\d+$");
        service.Process.Signal("TERM");
        await service.Process.WaitForExitAsync(GrowingService.Bound);
        var summary = await service.LoggedAsync(@"^    GET    /keep/\{megabytes\} +calls=  40 ");

        var lines = service.Log[..service.Log.IndexOf("=====", StringComparison.Ordinal)].TrimEnd('\n').Split('\n');
        lines.Where(line => !WholeLine().IsMatch(line)).ShouldBeEmpty();
        summary.Success.ShouldBeTrue();
        lines.Count(line => line.Contains(" SESSION ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [LiveFact]
    public async Task An_alert_leads_to_a_diagnosis_that_names_the_container()
    {
        await using var service = await GrowingService.StartAsync([], ("LEAKYSPANNER_LEAK_THRESHOLD_MB", "5"));
        await service.LoggedAsync("WORKER 0 started");
        using var stop = new CancellationTokenSource();
        var load = RememberAsync(service, stop.Token);

        await service.LoggedAsync(@"^\[.*\] DIAGNOSIS of pid \d+ begins: memory is .* above its baseline$");
        var found = await service.LoggedAsync(@"^\[.*\] DIAGNOSIS of pid \d+: .*\n( {17}.*\n)*");
        await stop.CancelAsync();
        await load;

        found.Value.ShouldContain("grows.kept");
        found.Value.ShouldMatch(@"filled at +\S*grows\.py:\d+  remember\(\)");
        found.Value.ShouldContain("GET /remember/{count}");
    }

    /// <summary>A megabyte or so per second, whatever the machine can do.</summary>
    private static async Task RememberAsync(GrowingService service, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await service.Client.GetStringAsync("remember/150", stop);
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    [GeneratedRegex(@"^(\[\d\d:\d\d:\d\d\] (SESSION|WORKER|RSS=|VERDICT|DIAGNOSIS|NOTE) ?.+|  \[\d\d:\d\d:\d\d\] (ENDPOINT GET /keep/\{megabytes\}  mem_delta=\+\d+\.\d\dMB  status=200(  overlapped=\d+)?(  pid=\d+)?|\d+ more ENDPOINT lines? left out)| {17}.+)$")]
    private static partial Regex WholeLine();
}
