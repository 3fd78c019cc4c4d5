using System.Text;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Sources;

/// <summary>
/// Comments that silence findings: `# leakyspanner: ignore[unbounded_cache] reason` at the end of the line or alone on the line above it; without
/// brackets every rule is meant, and `ignore-file` anywhere means the whole file.
/// </summary>
public sealed class Suppressions
{
    private readonly Dictionary<int, HashSet<string>> _byLine = [];
    private readonly HashSet<string> _everywhere = [];

    public Suppressions(SourceFile file)
    {
        if (file.Tree.Text.AsSpan().IndexOf("leakyspanner:"u8) < 0 || !file.Tree.Root.Exists)
            return;
        foreach (var node in file.Tree.Root.Subtree)
        {
            if (node.Kind == NodeKind.Comment)
                Read(file, node);
        }
    }

    /// <param name="rule">The rule's id.</param>
    /// <param name="firstLine">Of the finding, from 1.</param>
    /// <param name="lastLine">Of the finding.</param>
    public bool Silence(string rule, int firstLine, int lastLine)
    {
        if (Means(_everywhere, rule))
            return true;
        for (var line = firstLine; line <= lastLine; line++)
        {
            if (_byLine.TryGetValue(line, out var rules) && Means(rules, rule))
                return true;
        }

        return false;
    }

    private static bool Means(HashSet<string> rules, string rule) => rules.Contains("") || rules.Contains(rule);

    private void Read(SourceFile file, Node comment)
    {
        var text = comment.Text.TrimStart('#', ' ');
        const string Mark = "leakyspanner:";
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return;
        text = text[Mark.Length..].Trim();
        var whole = text.StartsWith("ignore-file", StringComparison.Ordinal);
        if (!whole && !text.StartsWith("ignore", StringComparison.Ordinal))
            return;
        var rest = text[(whole ? "ignore-file" : "ignore").Length..].TrimStart();
        var rules = rest.StartsWith('[') && rest.IndexOf(']', StringComparison.Ordinal) is var end and > 0
            ? rest[1..end].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [""];
        if (whole)
        {
            _everywhere.UnionWith(rules);
            return;
        }

        var line = file.LineOf(comment.Start);
        var alone = Encoding.UTF8.GetBytes(file.LineText(line)).AsSpan().TrimStart(" \t"u8).StartsWith("#"u8);
        if (!_byLine.TryGetValue(alone ? line + 1 : line, out var known))
            _byLine[alone ? line + 1 : line] = known = [];
        known.UnionWith(rules);
    }
}
