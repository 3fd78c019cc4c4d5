using System.Globalization;
using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Reports.Scan;

/// <summary>Text of scanned files as it may be printed: what a terminal would obey is replaced.</summary>
internal static class Plain
{
    public static string Of(string text) => string.Concat(text.Select(letter => char.GetUnicodeCategory(letter) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '?' : letter));

    public static string Of(RuleSeverity severity) => severity switch
    {
        RuleSeverity.High => "high",
        RuleSeverity.Medium => "medium",
        _ => "low",
    };

    public static string Of(Confidence confidence) => confidence switch
    {
        Confidence.High => "high",
        Confidence.Medium => "medium",
        _ => "low",
    };
}
