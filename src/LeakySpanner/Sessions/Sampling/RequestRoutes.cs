namespace LeakySpanner.Sessions.Sampling;

/// <summary>
/// Which route a request took, by its number, which the agent writes beside what the request allocates. A request is known once it has ended.
/// Those that ended lately are remembered, and those for which samples were found as long as there are such: a task that a request has
/// started may allocate long after it. Half a megabyte. For several threads at once.
/// </summary>
internal sealed class RequestRoutes
{
    /// <summary>Twenty seconds of 3,000 requests each.</summary>
    private const int Recent = 1 << 16;

    /// <summary>Requests of which something is alive; there are no more samples than that.</summary>
    private const int MostKept = 1 << 15;

    private readonly Lock _gate = new();
    private readonly (uint Number, int Route)[] _recent = new (uint, int)[Recent];
    private readonly Dictionary<uint, (int Route, long Round)> _kept = [];
    private long _round;

    /// <param name="number">The lower half of its number; 0 is none.</param>
    /// <param name="route">Not negative.</param>
    public void Finished(uint number, int route)
    {
        lock (_gate)
            _recent[number % Recent] = (number, route);
    }

    /// <summary>-1 where it is not known.</summary>
    /// <param name="request">As the agent has it.</param>
    public int Find(ulong request)
    {
        var number = (uint)request;
        if (number == 0)
            return -1;
        lock (_gate)
        {
            var (recent, route) = _recent[number % Recent];
            if (recent != number)
            {
                if (!_kept.TryGetValue(number, out var kept))
                    return -1;
                route = kept.Route;
            }

            if (_kept.Count < MostKept || _kept.ContainsKey(number))
                _kept[number] = (route, _round);
            return route;
        }
    }

    /// <summary>After all live samples were asked for: lets go of requests that were not among them this time or the one before.</summary>
    public void EndRound()
    {
        lock (_gate)
        {
            if (_kept.Count >= MostKept / 2)
            {
                foreach (var (number, kept) in _kept)
                {
                    if (kept.Round < _round)
                        _kept.Remove(number);
                }
            }

            _round++;
        }
    }
}
