using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>How often each function runs: entries first, then what they call or pass on, however deep.</summary>
public sealed class Reach
{
    private readonly Dictionary<Function, (Entry Entry, Function? From, int Distance)> _repeated = [];
    private readonly HashSet<Function> _once = [];
    private readonly Dictionary<Function, Entry> _entries = [];
    private readonly Project _project;
    private readonly CallTable _calls;

    public Reach(Project project, CallTable calls)
    {
        (_project, _calls) = (project, calls);
        foreach (var entry in new EntryFinder(project, calls).Find())
            _entries[entry.Function] = entry;
        SpreadRepeated();
        SpreadOnce();
    }

    /// <summary>Functions that a framework calls, each with when.</summary>
    public IReadOnlyDictionary<Function, Entry> Entries => _entries;

    /// <summary>How often a function's code runs; null is a module's or class's own.</summary>
    public Frequency Of(Function? function) =>
        function is null || _once.Contains(function) ? Frequency.Once : _repeated.ContainsKey(function) ? Frequency.Repeated : Frequency.Unknown;

    /// <summary>The entry from which a repeated function is reached in the fewest calls, or null.</summary>
    public Entry? EntryOf(Function function) => _repeated.TryGetValue(function, out var found) ? found.Entry : null;

    /// <summary>Functions from the entry to this one, both included; empty where it is not repeated.</summary>
    public IReadOnlyList<Function> PathTo(Function function)
    {
        var path = new List<Function>();
        for (var at = function; at is not null && _repeated.TryGetValue(at, out var found); at = found.From)
            path.Insert(0, at);
        return path;
    }

    /// <summary>Functions of the project that a function calls or hands to somebody who may.</summary>
    public IEnumerable<Function> CalledBy(Function function)
    {
        foreach (var site in _calls.In(function))
        {
            foreach (var callee in CalledBy(site))
                yield return callee;
        }
    }

    /// <summary>What decorators of the project have made of it: functions inside them run instead.</summary>
    private IEnumerable<Function> AroundCallsOf(Function function)
    {
        foreach (var decorator in function.Decorators)
        {
            if (_project.Resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator) is not { } name || _project.FunctionOf(name) is not { } maker)
                continue;
            foreach (var inner in maker.Module.Functions)
            {
                for (var outer = inner.Outer; outer is not null; outer = outer.Outer)
                {
                    if (ReferenceEquals(outer, maker))
                        yield return inner;
                }
            }
        }
    }

    private IEnumerable<Function> CalledBy(CallSite site)
    {
        foreach (var called in Functions(site.Callee))
            yield return called;
        for (var i = 0; i < site.Arguments.Children.Count && i < 20; i++)
        {
            var argument = site.Arguments.Children.At(i);
            if (argument.Kind == NodeKind.KeywordArgument)
                argument = argument.Child(Field.Value);
            if (argument.Kind is NodeKind.Identifier or NodeKind.Attribute && _project.Resolver.NameOf(argument) is { } name && _project.FunctionOf(name) is { } passed)
                yield return passed;
        }
    }

    /// <summary>A function, or what runs when a class is called.</summary>
    private IEnumerable<Function> Functions(string? callee)
    {
        if (callee is null)
            yield break;
        if (_project.FunctionOf(callee) is { } function)
            yield return function;
        if (_project.ClassOf(callee) is null)
            yield break;
        foreach (var made in new[] { "__init__", "__new__", "__post_init__" })
        {
            if (_project.Resolver.Member(callee, made)?.Function is { } constructor)
                yield return constructor;
        }
    }

    private void SpreadRepeated()
    {
        var waiting = new Queue<Function>();
        foreach (var entry in _entries.Values.Where(entry => entry.Kind != EntryKind.Lifespan))
        {
            _repeated[entry.Function] = (entry, null, 0);
            waiting.Enqueue(entry.Function);
        }

        while (waiting.TryDequeue(out var function))
        {
            var (entry, _, distance) = _repeated[function];
            foreach (var called in CalledBy(function).Concat(AroundCallsOf(function)))
            {
                if (_entries.TryGetValue(called, out var own) && own.Kind == EntryKind.Lifespan)
                    continue;
                if (_repeated.TryAdd(called, (entry, function, distance + 1)))
                    waiting.Enqueue(called);
            }
        }
    }

    /// <summary>What is called by name from code that runs once, and from nowhere else.</summary>
    private void SpreadOnce()
    {
        var candidates = new Queue<Function>();
        foreach (var entry in _entries.Values.Where(entry => entry.Kind == EntryKind.Lifespan && !_repeated.ContainsKey(entry.Function)))
        {
            _once.Add(entry.Function);
            candidates.Enqueue(entry.Function);
        }

        foreach (var module in _project.Modules)
        {
            foreach (var site in _calls.In(module).Where(site => site.By is null))
                Offer(site);
        }

        while (candidates.TryDequeue(out var function))
        {
            foreach (var site in _calls.In(function))
                Offer(site);
        }

        void Offer(CallSite site)
        {
            foreach (var called in Functions(site.Callee))
            {
                if (!_repeated.ContainsKey(called) && !_once.Contains(called) && CallersOf(called).All(caller => caller.By is null || _once.Contains(caller.By)))
                {
                    _once.Add(called);
                    candidates.Enqueue(called);
                }
            }
        }
    }

    private IEnumerable<CallSite> CallersOf(Function function) =>
        function.Name is "__init__" or "__new__" or "__post_init__" && function.Owner is { } owner ? _calls.Of(owner.QualifiedName) : _calls.Of(function.QualifiedName);
}
