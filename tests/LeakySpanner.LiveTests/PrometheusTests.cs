using LeakySpanner.LiveTests.Shim;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>A real Prometheus scrapes the sidecar of a real service, evaluates alerts, and sends them.</summary>
public sealed class PrometheusTests
{
    private const string Key = "for-this-test-only";

    /// <summary>As the toolkit's documentation has it: more than 1 MiB per second over five minutes.</summary>
    private const string SeedExpression = "rate(process_rss_bytes[5m]) > 1048576";

    /// <summary>Enough for the machine to be busy with everything else.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    [PrometheusFact]
    public async Task It_raises_the_alert_that_rules_have_when_memory_grows_and_not_before()
    {
        await using var inbox = await AlertInbox.OpenAsync();
        await using var service = await Watched.StartAsync(WebServer.Uvicorn(), "metered_asgi:app");
        await using var prometheus = await PrometheusServer.StartAsync(
            $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [RULES]
            alerting: {alertmanagers: [{static_configs: [{targets: ["{{inbox.Address}}"]}]}]}
            scrape_configs: [{job_name: metered, static_configs: [{targets: ["127.0.0.1:{{service.MetricsPort}}"]}]}]
            """,
            $$"""
            groups:
              - name: memory
                interval: 1s
                rules:
                  - {alert: Watched, expr: 'count_over_time(process_rss_bytes[1m]) >= 5'}
                  - {alert: MemoryGrows, expr: '{{SeedExpression}}'}
                  - {alert: MemoryGrowsNow, expr: 'rate(process_rss_bytes[15s]) > 1048576'}
                  - {alert: RequestsCounted, expr: 'leakyspanner_requests_total{endpoint="GET /keep/{size}",result="success"} >= 100'}
            """);

        await ComesAsync(inbox, "Watched", prometheus);
        (await prometheus.QueryAsync(SeedExpression)).ShouldBeEmpty("memory is level");
        (await prometheus.TargetAsync()).ShouldBe(("up", ""));

        // 400 MB within five minutes are more than the expression asks for.
        for (var i = 0; i < 100; i++)
            await service.Service.Client.GetStringAsync(new Uri("/keep/4194304", UriKind.Relative));

        await ComesAsync(inbox, "MemoryGrows", prometheus);
        await ComesAsync(inbox, "MemoryGrowsNow", prometheus);
        await ComesAsync(inbox, "RequestsCounted", prometheus);
        (await prometheus.QueryAsync(SeedExpression)).ShouldHaveSingleItem().Value.ShouldBeGreaterThan(1048576);
        (await prometheus.QueryAsync("ALERTS{alertname=\"MemoryGrows\",alertstate=\"firing\"}")).ShouldHaveSingleItem().Labels["worker"].ShouldBe("0");
        var quantile = (await prometheus.QueryAsync("histogram_quantile(0.99, sum by (le) (leakyspanner_request_duration_seconds_bucket))")).ShouldHaveSingleItem().Value;
        quantile.ShouldBeGreaterThan(0);
        double.IsFinite(quantile).ShouldBeTrue();
        var check = await PromTool.CheckMetricsAsync(await service.Service.Client.GetStringAsync(new Uri($"http://127.0.0.1:{service.MetricsPort}/metrics")));
        check.ExitCode.ShouldBe(0, check.ToString());
    }

    [PrometheusFact]
    public async Task With_a_key_it_scrapes_and_without_it_may_not()
    {
        await using var inbox = await AlertInbox.OpenAsync();
        await using var service = await Watched.StartAsync(WebServer.Uvicorn(), "metered_asgi:app", ("LEAKYSPANNER_API_KEY", Key));
        await using var prometheus = await PrometheusServer.StartAsync(
            $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [RULES]
            alerting: {alertmanagers: [{static_configs: [{targets: ["{{inbox.Address}}"]}]}]}
            scrape_configs:
              - {job_name: with-key, authorization: {credentials: {{Key}}}, static_configs: [{targets: ["127.0.0.1:{{service.MetricsPort}}"]}]}
              - {job_name: without-key, static_configs: [{targets: ["127.0.0.1:{{service.MetricsPort}}"]}]}
            """,
            """
            groups:
              - name: targets
                interval: 1s
                rules:
                  - {alert: KeyDecides, expr: 'up{job="with-key"} == 1 and on () up{job="without-key"} == 0 and on () process_rss_bytes{job="with-key"} > 0'}
            """);

        await ComesAsync(inbox, "KeyDecides", prometheus);

        (await prometheus.QueryAsync("process_rss_bytes")).ShouldHaveSingleItem().Labels["job"].ShouldBe("with-key");
    }

    private static async Task ComesAsync(AlertInbox inbox, string alert, PrometheusServer prometheus)
    {
        try
        {
            await inbox.ComesAsync(alert).WaitAsync(Bound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no alert {alert}; targets {await prometheus.TargetAsync()}\n{prometheus.Process.StandardError}");
        }
    }
}
