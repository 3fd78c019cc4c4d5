using System.Text.Json;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar;
using LeakySpanner.Testing.Goldens;
using Shouldly;
using Xunit;
using Known = LeakySpanner.Tests.Cli.Reports.Diagnoses;

namespace LeakySpanner.Tests.Cli.Sidecar.Log;

/// <summary>A whole session, as a person reads it and as a collector of logs does.</summary>
public sealed class SessionLogTests
{
    [Fact]
    public void As_text() => Golden.Matches("sidecar-log", Session(LogFormat.Text));

    [Fact]
    public void As_json_lines()
    {
        var log = Session(LogFormat.Json);

        foreach (var line in log.TrimEnd('\n').Split('\n'))
        {
            using var document = JsonDocument.Parse(line);
            document.RootElement.GetProperty("event").GetString().ShouldNotBeNullOrEmpty();
            document.RootElement.GetProperty("ts").GetDateTimeOffset().Year.ShouldBe(2026);
        }

        Golden.Matches("sidecar-log-json", log);
    }

    [Fact]
    public void A_burst_of_deltas_is_bounded_and_what_was_left_out_is_counted()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        for (var i = 0; i < 1000; i++)
            worker.Ring.Write("POST /ocr/process", delta: 2 * ByteSize.MB);
        service.Pass(5);
        worker.Ring.Write("POST /ocr/process", delta: 2 * ByteSize.MB);
        service.Pass(5);

        service.Log.Split("ENDPOINT POST").Length.ShouldBe(20 + 1 + 1);
        service.Log.ShouldContain("980 more ENDPOINT lines left out");
    }

    /// <summary>One worker that leaks, one beside it for a while, an alert, a diagnosis, a kill.</summary>
    private static string Session(LogFormat format)
    {
        using var service = new WatchedService(SidecarLevel.Deep, format)
        {
            Costs = new RouteCosts([new RouteCost("POST /ocr/process", 412, 9_154_068, 9_000_000, 9_300_000, 0.99), new RouteCost("GET /health", 1204, 0, -40, 60, 0)], 1024, 60, []),
        };
        var worker = service.Start(4121);
        worker.Process.Heap!.Allocations = new AllocationTable(
            IsTracing: true,
            [new AllocationSite("/app/services/gemini.py", 87, 18, 43_315), new AllocationSite("/app/services/ocr.py", 134, 412, 39_014), new AllocationSite("/usr/lib/python3.11/ssl.py", 1092, 1, 22_221)],
            431, 104_550, 1, null);
        service.Session.LookCloser(CancellationToken.None);
        worker.Process.RssMB = 312.4;
        worker.Ring.Write("POST /ocr/process", delta: 6_532_628);
        worker.Ring.Write("POST /ocr/process", status: 500, delta: 43_201_331, overlapped: 12);
        worker.Ring.Write("GET /health", delta: 10_486);
        worker.Ring.Write("app.jobs.rebuild", status: 0, kind: RequestKind.Function, delta: -4096);
        service.Pass(5);

        var beside = service.Start(4122);
        worker.Process.RssMB = 399.7;
        service.Pass(5);
        service.Diagnosis.SetResult((ReportJson.Of(Known.Leak), null));
        SpinWait.SpinUntil(() => !service.Session.View().IsDiagnosing, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        beside.Process.HasEnded = true;
        service.Pass(1);

        service.Session.LookCloser(CancellationToken.None);
        worker.Process.OomKills = 1;
        worker.Process.HasEnded = true;
        service.Pass(1);
        service.Session.Finish();
        return service.Log.Replace(Path.GetDirectoryName(service.Options.LogPath)!, "/run", StringComparison.Ordinal);
    }
}
