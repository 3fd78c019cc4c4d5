using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.View;

/// <param name="Name">"GET /query/{q}", "WS /feed", "app.jobs.rebuild".</param>
/// <param name="Kind">What it is.</param>
/// <param name="Requests">Finished.</param>
/// <param name="ClientErrors">Status 400 to 499.</param>
/// <param name="ServerErrors">Status 500 to 599, and raised without a status.</param>
/// <param name="Latency">Durations.</param>
/// <param name="ResponseBytes">Of all bodies.</param>
/// <param name="Delta">The before/after differences of RSS.</param>
/// <param name="Cost">By regression, or null while nothing can be said.</param>
public sealed record EndpointView(
    string Name,
    RequestKind Kind,
    long Requests,
    long ClientErrors,
    long ServerErrors,
    LatencyHistogram Latency,
    long ResponseBytes,
    DeltaView Delta,
    RouteCost? Cost);

/// <summary>Before/after differences of RSS: right for a request that ran alone, shared among those that ran together.</summary>
/// <param name="Measured">Requests with a difference.</param>
/// <param name="Overlapped">Of those, with others in progress meanwhile.</param>
/// <param name="SumBytes">Of all differences.</param>
/// <param name="MaxBytes">The largest one.</param>
public readonly record struct DeltaView(long Measured, long Overlapped, long SumBytes, long MaxBytes)
{
    public double AverageBytes => Measured == 0 ? 0 : (double)SumBytes / Measured;
}
