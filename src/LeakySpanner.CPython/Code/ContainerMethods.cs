using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>What methods and functions do to a container, by the names that the standard library and its imitators use.</summary>
internal static class ContainerMethods
{
    private static readonly FrozenDictionary<string, CodeAction> Actions = new Dictionary<string, CodeAction>
    {
        ["append"] = CodeAction.Add,
        ["appendleft"] = CodeAction.Add,
        ["add"] = CodeAction.Add,
        ["setdefault"] = CodeAction.Add,
        ["update"] = CodeAction.Add,
        ["put"] = CodeAction.Add,
        ["put_nowait"] = CodeAction.Add,
        ["extend"] = CodeAction.Add,
        ["extendleft"] = CodeAction.Add,
        ["insert"] = CodeAction.Add,
        ["push"] = CodeAction.Add,
        ["register"] = CodeAction.Add,
        ["subscribe"] = CodeAction.Add,
        ["store"] = CodeAction.Add,
        ["set_item"] = CodeAction.Add,
        ["setitem"] = CodeAction.Add,
        ["__setitem__"] = CodeAction.Add,
        ["remove"] = CodeAction.Remove,
        ["discard"] = CodeAction.Remove,
        ["unregister"] = CodeAction.Remove,
        ["unsubscribe"] = CodeAction.Remove,
        ["__delitem__"] = CodeAction.Remove,
        ["popitem"] = CodeAction.Evict,
        ["popleft"] = CodeAction.Evict,
        ["get_nowait"] = CodeAction.Evict,
        ["clear"] = CodeAction.Evict,
        ["difference_update"] = CodeAction.Evict,
        ["intersection_update"] = CodeAction.Evict,
    }.ToFrozenDictionary();

    /// <summary>Methods whose result is one of the container's items.</summary>
    private static readonly FrozenSet<string> Fetching = FrozenSet.Create("get", "setdefault", "__getitem__");

    /// <summary>Methods and functions whose result speaks of all of the container's items.</summary>
    private static readonly FrozenSet<string> Viewing = FrozenSet.Create("values", "items", "keys", "copy", "most_common", "__iter__", "elements");
    private static readonly FrozenSet<string> Copying = FrozenSet.Create(
        "list", "tuple", "set", "frozenset", "dict", "sorted", "reversed", "enumerate", "zip", "iter", "next", "min", "max", "deque", "filter", "nsmallest", "nlargest", "copy", "deepcopy");
    private static readonly FrozenSet<string> Cutting = FrozenSet.Create("islice", "takewhile", "dropwhile", "filterfalse");

    /// <summary>Functions that add to, or take from, their first argument.</summary>
    private static readonly FrozenDictionary<string, CodeAction> Functions = new Dictionary<string, CodeAction>
    {
        ["len"] = CodeAction.Measure,
        ["heappush"] = CodeAction.Add,
        ["heappushpop"] = CodeAction.Evict,
        ["heappop"] = CodeAction.Evict,
        ["insort"] = CodeAction.Add,
        ["insort_left"] = CodeAction.Add,
        ["insort_right"] = CodeAction.Add,
    }.ToFrozenDictionary();

    public static CodeAction? ActionOf(string method) => Actions.TryGetValue(method, out var action) ? action : null;

    public static CodeAction? ActionOnFirstArgument(string function) => Functions.TryGetValue(function, out var action) ? action : null;

    public static bool Fetches(string method) => Fetching.Contains(method);

    public static bool Views(string method) => Viewing.Contains(method);

    public static bool Copies(string function) => Copying.Contains(function);

    public static bool Cuts(string function) => Cutting.Contains(function);
}
