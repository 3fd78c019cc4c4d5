using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>The cyclic collector: its state, and collections on demand.</summary>
internal sealed class CollectorEndpoints(ISidecar sidecar)
{
    public Task ShowAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        return exchange.JsonAsync(GcJson.Of(sidecar.View()), WebJson.Context.GcJson);
    }

    /// <summary>Only code inside the worker can collect: the answer tells the shim to, which reports to <see cref="CollectedAsync"/>.</summary>
    public Task CollectAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        if (exchange.Via != Via.Application)
            return exchange.RefuseAsync(409, $"only the application can collect: POST to its own {RouteTable.Debug}/gc instead of the metrics port");
        if (exchange.Worker is not { } pid)
            throw new BadRequestException("the shim did not say which worker asks");
        sidecar.BeginCollection(pid);
        exchange.Http.Response.Headers["X-LeakySpanner-Do"] = "collect";
        exchange.Http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public async Task CollectedAsync(Exchange exchange)
    {
        var report = await ShimEndpoints.BodyAsync(exchange, WebJson.Context.CollectionReport).ConfigureAwait(false);
        await exchange.JsonAsync(CollectedJson.Of(sidecar.EndCollection(report)), WebJson.Context.CollectedJson).ConfigureAwait(false);
    }
}
