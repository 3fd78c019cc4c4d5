using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Sources;

/// <summary>A Python file that was read and parsed.</summary>
/// <param name="Path">As it is shown and compared: relative to where the scan was started, with slashes.</param>
/// <param name="Module">Its dotted name, as an import statement would say it.</param>
/// <param name="IsPackage">True for __init__.py: relative imports start one level lower.</param>
/// <param name="Root">The folder (as in the path, "" for the start) from which its imports are looked up first.</param>
/// <param name="Tree">What it says.</param>
public sealed record SourceFile(string Path, string Module, bool IsPackage, string Root, SyntaxTree Tree)
{
    private readonly Lazy<int[]> _lines = new(() => LineStarts(Tree.Text));

    /// <summary>The line (from 1) and the column (from 1, in characters) where a node begins.</summary>
    public (int Line, int Column) PositionOf(Node node) => PositionOf(node.Start);

    public (int Line, int Column) PositionOf(int offset)
    {
        var line = LineOf(offset);
        return (line, System.Text.Encoding.UTF8.GetCharCount(Tree.Text, _lines.Value[line - 1], offset - _lines.Value[line - 1]) + 1);
    }

    /// <summary>The number, from 1, of the line that holds a byte.</summary>
    public int LineOf(int offset)
    {
        var found = Array.BinarySearch(_lines.Value, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    public int LineCount => _lines.Value.Length;

    /// <summary>A line's text without its end, or an empty one where there is no such line.</summary>
    /// <param name="line">From 1.</param>
    public string LineText(int line)
    {
        if (line < 1 || line > LineCount)
            return "";
        var start = _lines.Value[line - 1];
        var end = line < LineCount ? _lines.Value[line] : Tree.Text.Length;
        return System.Text.Encoding.UTF8.GetString(Tree.Text, start, end - start).TrimEnd('\r', '\n');
    }

    private static int[] LineStarts(byte[] text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                starts.Add(i + 1);
        }

        return [.. starts];
    }
}
