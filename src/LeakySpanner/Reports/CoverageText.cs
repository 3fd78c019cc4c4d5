using LeakySpanner.Model;

namespace LeakySpanner.Reports;

/// <summary>How much was seen, and what was not believed.</summary>
internal static class CoverageText
{
    private const int Worst = 3;

    /// <summary>Items with dots between them, each kept whole where it is short.</summary>
    public static string Of(Coverage coverage, params ReadOnlySpan<string> more)
    {
        var faults = Phrase.Plural(coverage.FaultCount, "fault");
        var worst = coverage.Faults.OrderByDescending(fault => fault.Value).Take(Worst).Select(fault => $"{fault.Key} {Phrase.Count(fault.Value)}");
        if (coverage.FaultCount > 0)
            faults += $" ({string.Join(", ", worst)})";
        return Series(
        [
            Phrase.Plural(coverage.ObjectsSeen, "object"),
            faults,
            $"target paused {Phrase.Milliseconds(coverage.PausedMilliseconds)}",
            .. more,
        ]);
    }

    public static string Series(IEnumerable<string> items) =>
        string.Join("\u00a0· ", items.Select(item => item.Length <= 40 ? item.Replace(' ', '\u00a0') : item));
}
