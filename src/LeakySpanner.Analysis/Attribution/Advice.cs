namespace LeakySpanner.Analysis.Attribution;

/// <param name="Pattern">A stable name: "unbounded_cache".</param>
/// <param name="Explanation">One or two sentences for a person.</param>
/// <param name="Fix">One line of code, or what to do; null where nothing is to be done.</param>
/// <param name="IsExpected">True where the container's own bound ends the growth.</param>
public sealed record Advice(string Pattern, string Explanation, string? Fix, bool IsExpected = false);
