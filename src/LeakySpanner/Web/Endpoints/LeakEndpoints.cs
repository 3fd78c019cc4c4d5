using LeakySpanner.Sidecar;
using LeakySpanner.Web.Json;

namespace LeakySpanner.Web.Endpoints;

/// <summary>Whether it leaks, and where.</summary>
internal sealed class LeakEndpoints(ISidecar sidecar)
{
    public Task ShowAsync(Exchange exchange)
    {
        if (exchange.Http.Request.Query.ContainsKey("diagnose"))
            throw new BadRequestException("GET starts nothing: POST to this path for a new diagnosis");
        Query.Allow(exchange);
        return exchange.JsonAsync(LeaksJson.Of(sidecar.View()), WebJson.Context.LeaksJson);
    }

    public Task StartAsync(Exchange exchange)
    {
        Query.Allow(exchange);
        var started = sidecar.AskForDiagnosis();
        var next = $"GET {RouteTable.Debug}/leaks shows it when is_diagnosing is false again";
        return exchange.JsonAsync(new DiagnosisAskedJson("leakyspanner.diagnosis-asked/1", started, next), WebJson.Context.DiagnosisAskedJson, 202);
    }
}
