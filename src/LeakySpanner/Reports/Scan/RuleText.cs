using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Reports.Scan;

/// <summary>What a rule means.</summary>
public static class RuleText
{
    public static void Write(ReportWriter writer, RuleInfo rule)
    {
        writer.Line(0, 0, Piece.Strong(rule.Id), $": {rule.Title} ({Plain.Of(rule.Severity)} severity)");
        writer.Blank();
        writer.Line(0, 0, rule.Explanation.ReplaceLineEndings(" "));
        WriteExample(writer, "wrong:", rule.Wrong);
        WriteExample(writer, "right:", rule.Right);
        writer.Blank();
        writer.Line(0, 0, Piece.Faint($"silence one place with  # leakyspanner: ignore[{rule.Id}] and why"));
    }

    public static void WriteList(ReportWriter writer)
    {
        var width = RuleSet.All.Max(rule => rule.Info.Id.Length) + 2;
        foreach (var rule in RuleSet.All)
            writer.Line(0, width + 8, $"{rule.Info.Id.PadRight(width).Replace(' ', '\u00a0')}{Plain.Of(rule.Info.Severity).PadRight(8).Replace(' ', '\u00a0')}", rule.Info.Title);
    }

    private static void WriteExample(ReportWriter writer, string label, string code)
    {
        writer.Blank();
        writer.Line(0, 0, label);
        foreach (var line in code.Split('\n'))
            writer.Line(4, 4, line.TrimEnd('\r').Replace(' ', '\u00a0'));
    }
}
