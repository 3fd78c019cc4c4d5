using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>What the shim itself asks.</summary>
internal sealed class ShimEndpoints(ISidecar sidecar, SidecarServer server)
{
    private int _told;

    public async Task RegisterAsync(Exchange exchange)
    {
        var welcome = sidecar.Register(await BodyAsync(exchange, WebJson.Context.WorkerRegistration).ConfigureAwait(false));

        // Every worker logs what it is told; a service with eight would log the same eight times.
        var warnings = Interlocked.Exchange(ref _told, 1) == 0 ? server.Warnings : [];
        welcome = welcome with
        {
            Metrics = welcome.Metrics ?? server.MetricsUri?.ToString(),
            Warnings = [.. welcome.Warnings.Concat(warnings).Distinct()],
        };
        await exchange.JsonAsync(welcome, WebJson.Context.WorkerWelcome).ConfigureAwait(false);
    }

    public async Task SampleAsync(Exchange exchange)
    {
        sidecar.Sample(await BodyAsync(exchange, WebJson.Context.WorkerAgent).ConfigureAwait(false));
        exchange.Http.Response.StatusCode = 204;
    }

    /// <exception cref="BadRequestException">The body is not what the protocol says.</exception>
    public static async Task<T> BodyAsync<T>(Exchange exchange, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(exchange.Http.Request.Body, type, exchange.Aborted).ConfigureAwait(false)
                ?? throw new BadRequestException("the body is null");
        }
        catch (JsonException e)
        {
            throw new BadRequestException($"the body is not what docs/sidecar.md says, at {e.Path ?? "its start"}");
        }
    }
}
