using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Endpoints;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>Reads one worker's ring into the statistics of the service.</summary>
internal sealed class RingFollower(RequestRing ring, EndpointTable endpoints) : IDisposable
{
    private const int Batch = 512;

    /// <summary>Read at once; a worker that writes faster than we read must not keep us from the others.</summary>
    private const int MostBatches = 2 * RequestRingLayout.Records / Batch;

    private readonly RequestRecord[] _records = new RequestRecord[Batch];

    /// <summary>By the worker's own index; null where it is not known yet.</summary>
    private EndpointStatistics?[] _known = [];

    /// <summary>Finished in this worker, by index in <see cref="EndpointTable"/>.</summary>
    private long[] _finished = [];

    public string Path => ring.Path;

    public CollectorPauses Pauses { get; } = new();

    /// <summary>Requests finished in this worker, without functions and collections.</summary>
    public long Requests { get; private set; }

    public long Seen => ring.Seen;

    public long Lost => ring.Lost;

    public long InProgress => ring.InProgress;

    /// <summary>By index in <see cref="EndpointTable"/>; may be shorter than it.</summary>
    public ReadOnlySpan<long> Finished => _finished;

    /// <param name="seen">Called for each request, and for each that tells its route before it ends.</param>
    /// <param name="writerEnded">Whether the worker is dead.</param>
    /// <returns>Records read.</returns>
    public int Drain(Action<RequestRecord, EndpointStatistics> seen, bool writerEnded = false)
    {
        var total = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            var count = ring.Read(_records, writerEnded);
            total += count;
            for (var i = 0; i < count; i++)
                Add(_records[i], seen);
            if (count < Batch)
                break;
        }

        return total;
    }

    public void Dispose() => ring.Dispose();

    private void Add(in RequestRecord record, Action<RequestRecord, EndpointStatistics> seen)
    {
        if (record.Kind == RequestKind.Collection)
        {
            Pauses.Add(record);
            return;
        }

        if (record.Kind == RequestKind.Route)
        {
            seen(record, EndpointOf(record with { Kind = record.Status == (int)RequestKind.WebSocket ? RequestKind.WebSocket : RequestKind.Http }));
            return;
        }

        var endpoint = EndpointOf(record);
        endpoint.Add(record);
        if (endpoint.IsTraffic)
        {
            Requests++;
            if (endpoint.Index >= _finished.Length)
                Array.Resize(ref _finished, endpoints.Count);
            _finished[endpoint.Index]++;
        }

        seen(record, endpoint);
    }

    private EndpointStatistics EndpointOf(in RequestRecord record)
    {
        if (record.Endpoint < _known.Length && _known[record.Endpoint] is { } known && known.Kind == record.Kind)
            return known;
        var name = ring.NameOf(record.Endpoint);
        var endpoint = endpoints.Of(name, record.Kind);
        if (record.Endpoint >= ring.Names.Count)
            return endpoint;
        if (record.Endpoint >= _known.Length)
            Array.Resize(ref _known, ring.Names.Count);
        _known[record.Endpoint] = endpoint;
        return endpoint;
    }
}
