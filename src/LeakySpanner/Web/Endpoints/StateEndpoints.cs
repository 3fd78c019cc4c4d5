using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>What is known at the moment.</summary>
internal sealed class StateEndpoints(ISidecar sidecar)
{
    /// <summary>A week.</summary>
    private const int MostMinutes = 7 * 24 * 60;

    public Task SnapshotAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        return exchange.JsonAsync(SnapshotJson.Of(sidecar.View()), WebJson.Context.SnapshotJson);
    }

    public Task GrowthAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        return exchange.JsonAsync(GrowthJson.Of(sidecar.View()), WebJson.Context.GrowthJson);
    }

    public Task HistoryAsync(Exchange exchange)
    {
        Query.Allow(exchange, "minutes");
        var minutes = Query.Whole(exchange, "minutes", 60, 1, MostMinutes);
        return exchange.JsonAsync(HistoryJson.Of(sidecar.View(), minutes), WebJson.Context.HistoryJson);
    }

    public Task ProcessInfoAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        return exchange.JsonAsync(ProcessInfoJson.Of(sidecar.View()), WebJson.Context.ProcessInfoJson);
    }
}
