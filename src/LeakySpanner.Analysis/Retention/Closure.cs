using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>What a function carries beside its code: free variables and default arguments, each behind a tuple or dict.</summary>
internal static class Closure
{
    public static bool IsField(string? name) =>
        name is "__closure__" or "func_closure" or "__defaults__" or "func_defaults" or "__kwdefaults__" or "func_kwdefaults";

    public static bool IsPart(HeapGraph graph, int holder, int part) =>
        graph.KindOf(new NodeId(holder)) == ObjectKind.Function && IsField(EdgeLabel.Find(graph, holder, part).Name);

    public static string Phrase(string? field, string function) =>
        field is "__closure__" or "func_closure" ? $"closure of {function}" : $"default argument of {function}";

    public static string Part(string? field, string function) =>
        field is "__closure__" or "func_closure" ? function : $"{function}()";

    /// <summary>The parameter that a positional default belongs to; the last parameters have defaults.</summary>
    public static string? DefaultName(this CodeInfo code, int index, int defaults)
    {
        var at = code.Parameters.Length - defaults + index;
        return at < 0 || at >= code.Parameters.Length ? null : code.Parameters[at];
    }
}
