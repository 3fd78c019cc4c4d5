using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Endpoints;

/// <summary>What is counted of one endpoint, over all workers.</summary>
/// <param name="index">In the <see cref="EndpointTable"/>.</param>
/// <param name="name">"GET /query/{q}".</param>
/// <param name="kind">What it is.</param>
internal sealed class EndpointStatistics(int index, string name, RequestKind kind)
{
    private readonly LatencyTally _latency = new();
    private long _requests;
    private long _clientErrors;
    private long _serverErrors;
    private long _responseBytes;
    private DeltaView _delta;

    public int Index => index;

    public string Name => name;

    public RequestKind Kind => kind;

    /// <summary>Functions run inside requests: counted as traffic too, they would share the growth of the routes that call them.</summary>
    public bool IsTraffic => kind is RequestKind.Http or RequestKind.WebSocket;

    public void Add(in RequestRecord record)
    {
        _requests++;
        _latency.Add(record.DurationNanoseconds);
        _responseBytes += record.ResponseBytes;
        if (record.Status is >= 400 and <= 499)
            _clientErrors++;
        else if (record.Status is >= 500 and <= 599 || (record.Status == 0 && record.Traits.HasFlag(RequestTraits.Raised)))
            _serverErrors++;
        if (record.RssDelta is { } delta)
        {
            _delta = new DeltaView(
                _delta.Measured + 1,
                _delta.Overlapped + (record.Overlapped > 0 ? 1 : 0),
                _delta.SumBytes + delta,
                _delta.Measured == 0 ? delta : Math.Max(_delta.MaxBytes, delta));
        }
    }

    public EndpointView View(RouteCost? cost) =>
        new(name, kind, _requests, _clientErrors, _serverErrors, _latency.ToHistogram(), _responseBytes, _delta, cost);
}
