using System.Text;
using LeakySpanner.Metrics;
using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>The index, its description for programs, and what monitoring asks.</summary>
internal sealed class PageEndpoints(ISidecar sidecar, RouteTable routes)
{
    private static readonly Lazy<byte[]> Description = new(ReadDescription);

    private readonly ServiceMetrics _metrics = new();

    public Task IndexAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        return exchange.JsonAsync(IndexJson.Of(sidecar.View(), routes.All, exchange.Via), WebJson.Context.IndexJson);
    }

    public Task HomeAsync(Exchange exchange)
    {
        var text = new StringBuilder("LeakySpanner\n\n");
        foreach (var route in routes.All)
        {
            if (route.Summary is not null && route.ExistsFor(exchange.Via))
                text.Append($"{route.Method,-5} {route.Path,-36} {route.Summary}\n");
        }

        return exchange.BytesAsync(Encoding.UTF8.GetBytes(text.ToString()), "text/plain; charset=utf-8");
    }

    public Task MetricsAsync(Exchange exchange) =>
        exchange.BytesAsync(_metrics.Write(sidecar.View()), MetricsText.ContentType);

    public static Task OpenApiAsync(Exchange exchange) => exchange.BytesAsync(Description.Value, "application/json");

    public static Task HealthAsync(Exchange exchange) => exchange.BytesAsync("ok\n"u8.ToArray(), "text/plain; charset=utf-8");

    private static byte[] ReadDescription()
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
