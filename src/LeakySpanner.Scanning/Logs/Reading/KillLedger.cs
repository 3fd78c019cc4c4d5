using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// Reports of kills, put together: the kernel, the server and the platform each tell of the same one, within seconds.
/// </summary>
internal sealed class KillLedger
{
    /// <summary>Beyond it, kills are only counted.</summary>
    public const int MostIncidents = 1000;

    /// <summary>A platform's message may be this late.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(15);

    /// <summary>gunicorn sends SIGABRT first, and SIGKILL a moment later.</summary>
    private static readonly TimeSpan AfterTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    private const int MostPids = 64;

    private readonly List<Incident> _incidents = [];
    private readonly Dictionary<int, LogTime> _timeouts = [];

    public long Count { get; private set; }

    /// <summary>gunicorn gave a worker up.</summary>
    public void TimedOut(int pid, LogTime at)
    {
        if (_timeouts.Count > MostPids)
            _timeouts.Clear();
        _timeouts[pid] = at;
    }

    /// <returns>Whether this is the first that is heard of it.</returns>
    public bool Add(LogEvent kill)
    {
        if (kill is { Cause: KillCause.Signal, Pid: { } pid } && _timeouts.TryGetValue(pid, out var gaveUp) && (!kill.At.IsKnown || kill.At - gaveUp <= AfterTimeout))
            kill = kill with { Cause = KillCause.Timeout };

        // Reports arrive nearly in order: the last few incidents are all that one may belong to.
        for (var i = _incidents.Count - 1; i >= Math.Max(0, _incidents.Count - 8); i--)
        {
            if (_incidents[i].Matches(kill))
            {
                _incidents[i].Add(kill);
                return false;
            }
        }

        Count++;
        if (_incidents.Count < MostIncidents)
            _incidents.Add(new Incident(kill));
        return kill.Cause != KillCause.Timeout;
    }

    public IEnumerable<KillIncident> All() => _incidents.Select(incident => incident.ToFact()).OrderBy(incident => incident.At);

    private sealed class Incident
    {
        private readonly HashSet<(string Source, KillCause Cause)> _reports = [];
        private readonly SortedSet<int> _pids = [];
        private LogEvent _surest;
        private LogTime _last;
        private long? _bytes;
        private long? _limit;

        public Incident(LogEvent first)
        {
            _surest = first;
            _last = first.At;
            Add(first);
        }

        public bool Matches(LogEvent kill)
        {
            if (kill.At.IsKnown != _last.IsKnown)
                return false;
            var sameProcess = kill.Pid is { } pid && _pids.Contains(pid);
            var knownSource = _reports.Any(report => report.Source == kill.Source);
            if (!kill.At.IsKnown)
                return sameProcess || (!knownSource && (kill.Pid is null || _pids.Count == 0));
            var apart = (kill.At - _last).Duration();
            if (sameProcess || apart > Together)
                return sameProcess && apart <= Together;

            // Who did not answer in time is nobody else's kill.
            if (kill.Cause == KillCause.Timeout || _surest.Cause == KillCause.Timeout)
                return false;
            if (!knownSource)
                return true;

            // One source: workers that die at once, or a container of which it tells two things.
            return kill.Pid is not null ? apart <= AtOnce : kill.Who == _surest.Who && !_reports.Contains((kill.Source, kill.Cause));
        }

        public void Add(LogEvent kill)
        {
            _reports.Add((kill.Source, kill.Cause));
            if (kill.Pid is { } pid && _pids.Count < MostPids)
                _pids.Add(pid);
            _bytes = Larger(_bytes, kill.Bytes);
            _limit = kill.Limit ?? _limit;
            _last = kill.At.IsKnown && kill.At > _last ? kill.At : _last;
            if (Sureness(kill.Cause) > Sureness(_surest.Cause) || _surest.Who is null)
                _surest = kill with { At = _surest.At, Who = kill.Who ?? _surest.Who };
        }

        public KillIncident ToFact() => new(_surest.At, _surest.Cause, _surest.Who, [.. _pids], _bytes, _limit, [.. _reports.Select(report => report.Source).Distinct().Order(StringComparer.Ordinal)]);

        private static long? Larger(long? one, long? other) => one is null || other > one ? other : one;

        private static int Sureness(KillCause cause) => cause switch { KillCause.OutOfMemory => 2, KillCause.Timeout => 1, _ => 0 };
    }
}
