using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>Names the pattern behind a growing container, and one line that would end it, in the container's own name.</summary>
public sealed partial class FixAdvisor(ProgramIndex program)
{
    private readonly HeapGraph _graph = program.Graph;
    private readonly HolderSearch _holders = new(program);

    /// <param name="container">What grows.</param>
    /// <param name="name">As its path names it: "app.cache.results_cache".</param>
    /// <param name="report">What code does to it.</param>
    public Advice Advise(NodeId container, string name, SiteReport report)
    {
        var type = _graph.TypeOf(container);
        var variable = VariableOf(name);
        var holders = _holders.HoldersOf(container);
        if (_graph.Bounds.TryGetValue(container.Value, out var bound) && bound >= 0 && _graph.LengthOf(container) <= bound)
            return new Advice("bounded_container", $"It allows itself {Count(bound)} entries and will stop growing there.", null, IsExpected: true);
        if (type.Kind == ObjectKind.Cache || holders.Any(holder => holder.Kind == HolderKind.Memo))
        {
            return new Advice(
                "unbounded_memoization", "Results are memoized for every new combination of arguments, and none is ever dropped.", "@functools.lru_cache(maxsize=1024)");
        }

        if (report.Eviction == Eviction.Bounded && report.EvictedAt is { } line)
        {
            return new Advice(
                "cache_with_eviction",
                $"{line.File}:{line.Line} takes entries out when it gets long; it may still be filling up, or its limit is too high.",
                $"# lower the limit at {line.File}:{line.Line}");
        }

        if (holders.Any(holder => holder.Kind == HolderKind.Default))
        {
            return new Advice(
                "mutable_default_argument",
                "It is a default argument: made once, when the function was defined, and shared by every call.",
                $"def ...({variable}=None): {variable} = {Empty(type)} if {variable} is None else {variable}");
        }

        var pattern = report.Eviction == Eviction.Paired ? Paired(type, variable, report) : Unpaired(container, type, variable, report);
        return WithPlace(pattern, holders);
    }

    /// <summary>Something removes entries, but slower than they come.</summary>
    private static Advice Paired(TypeInfo type, string variable, SiteReport report)
    {
        var removal = report.EvictedAt!;
        var where = $"{removal.File}:{removal.Line}";
        if (type.Kind == ObjectKind.Queue)
        {
            return new Advice(
                "queue_outgrows_consumer",
                $"It is filled faster than {where} empties it, and nothing makes the producers wait.",
                $"{variable} = asyncio.Queue(maxsize=1000)  # producers then wait");
        }

        return new Advice(
            "removal_missed",
            $"Entries are removed at {where}, but not on every way: an error, a disconnect or an early return leaves them behind.",
            report.Fills.IsEmpty ? $"# remove the entry in a finally block, as {where} does" : $"# wrap what follows {report.Fills[0].Site.File}:{report.Fills[0].Site.Line} in try/finally, removing as {where} does");
    }

    private Advice Unpaired(NodeId container, TypeInfo type, string variable, SiteReport report)
    {
        var words = Words(variable);
        if (words.Overlaps(["task", "tasks", "future", "futures", "job", "jobs"]) && type.Kind is ObjectKind.Set or ObjectKind.Sequence)
        {
            return new Advice(
                "tasks_never_forgotten",
                "Tasks are kept after they have ended; nothing takes them out.",
                type.Kind == ObjectKind.Set ? $"task.add_done_callback({variable}.discard)" : $"{variable} = set(); task.add_done_callback({variable}.discard)");
        }

        if (words.Overlaps(["listener", "listeners", "callback", "callbacks", "handler", "handlers", "observer", "observers", "subscriber", "subscribers", "hook", "hooks"]))
        {
            return new Advice(
                "listeners_never_removed",
                "Something registers here again and again, and nothing ever leaves: each one also keeps alive what it refers to.",
                $"{variable} = weakref.WeakSet()  # or remove the listener in a finally block");
        }

        switch (type.Kind)
        {
            case ObjectKind.Queue:
                return new Advice("growing_deque", "It has no greatest length, and nothing takes entries out.", $"{variable} = collections.deque(maxlen=10000)");
            case ObjectKind.Sequence:
                return new Advice("growing_list", "Every call appends, and nothing ever removes an entry.", $"{variable} = collections.deque(maxlen=10000)");
            case ObjectKind.Set:
                return new Advice("growing_set", "Every new value stays for ever.", $"{variable} = cachetools.TTLCache(maxsize=100000, ttl=3600)  # values as keys");
            case ObjectKind.Mapping when HoldsCollections(container):
                return new Advice(
                    "growing_groups",
                    "Entries are grouped by key; neither keys nor the entries under them are ever removed.",
                    $"{variable} = cachetools.TTLCache(maxsize=1000, ttl=3600); {variable}.setdefault(key, collections.deque(maxlen=100))");
            case ObjectKind.Mapping:
                var session = words.Overlaps(["session", "sessions", "connection", "connections", "client", "clients", "user", "users"]);
                return session
                    ? new Advice("sessions_never_expire", "Every session stays: nothing ever removes an entry.", $"{variable} = cachetools.TTLCache(maxsize=10000, ttl=1800)")
                    : new Advice("unbounded_cache", "Unbounded cache: nothing ever removes an entry.", $"{variable} = cachetools.TTLCache(maxsize=1000, ttl=3600)");
            default:
                return new Advice("unbounded_container", "Nothing ever removes what is put into it.", null);
        }
    }

    /// <summary>What people do not expect to live as long as it does is worth a word.</summary>
    private static Advice WithPlace(Advice advice, List<Holder> holders)
    {
        if (holders.Any(holder => holder.Kind == HolderKind.ClassAttribute))
            return advice with { Explanation = advice.Explanation + " It is an attribute of the class: all instances share it, and it lives as long as the process." };
        if (holders.Any(holder => holder.Kind == HolderKind.Cell))
            return advice with { Explanation = advice.Explanation + " It is a closure's variable: it lives as long as the function that uses it." };
        return advice;
    }

    private bool HoldsCollections(NodeId mapping)
    {
        if (_graph.TypeOf(mapping).Name.EndsWith("defaultdict", StringComparison.Ordinal))
            return true;
        var pairs = program.Objects.Tail(mapping);
        var (seen, collections) = (0, 0);
        for (var i = 1; i < pairs.Length && seen < 100; i += 2)
        {
            if (pairs[i] < 0)
                continue;
            seen++;
            if (_graph.KindOf(new NodeId(pairs[i])) is ObjectKind.Set or ObjectKind.Queue || _graph.TypeOf(new NodeId(pairs[i])).Name == "list")
                collections++;
        }

        return collections * 2 > seen;
    }

    private static string Empty(TypeInfo type) => type.Kind switch { ObjectKind.Sequence => "[]", ObjectKind.Set => "set()", _ => "{}" };

    /// <summary>"app.state.cache" is bound as "cache", "app.groups[]" under "groups"; what is not a name becomes "container".</summary>
    private static string VariableOf(string name)
    {
        var last = name[(name.LastIndexOfAny(['.', '>', ' ']) + 1)..];
        while (last.EndsWith("[]", StringComparison.Ordinal))
            last = last[..^2];
        return Identifier().IsMatch(last) ? last : "container";
    }

    private static HashSet<string> Words(string name) => [.. name.ToLowerInvariant().Split('_', StringSplitOptions.RemoveEmptyEntries)];

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
