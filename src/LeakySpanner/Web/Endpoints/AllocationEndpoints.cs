using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>Live allocations by line.</summary>
internal sealed class AllocationEndpoints(ISidecar sidecar, TimeProvider time)
{
    private const int MostSites = 1000;

    /// <summary>The shim gives up after 10 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly AllocationReadings _readings = new(sidecar, time);

    public async Task ShowAsync(Exchange exchange)
    {
        Query.Allow(exchange, "limit", "pid");
        var limit = Query.Whole(exchange, "limit", 10, 1, MostSites);
        var pid = Query.Whole(exchange, "pid", 0, 1, int.MaxValue);
        if (pid == 0)
            pid = sidecar.View().Workers.OrderByDescending(worker => worker.Memory.Rss).FirstOrDefault()?.Pid ?? 0;
        if (pid == 0)
        {
            await exchange.RefuseAsync(404, "no worker is running").ConfigureAwait(false);
            return;
        }

        try
        {
            var table = await _readings.Of(pid).WaitAsync(Patience, time, exchange.Aborted).ConfigureAwait(false);
            await exchange.JsonAsync(AllocationsJson.Of(pid, table, limit), WebJson.Context.AllocationsJson).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            exchange.Http.Response.Headers.RetryAfter = "5";
            await exchange.RefuseAsync(503, "the table of allocations is still being read: ask again in a few seconds").ConfigureAwait(false);
        }
    }
}
