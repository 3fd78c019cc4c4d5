using System.Globalization;
using System.Text;

namespace LeakySpanner.Reports;

/// <summary>
/// Lines for a person: wrapped at the width with a hanging indent, coloured or not. Text may come from the observed process,
/// so what a terminal would obey (escape sequences, direction overrides) is replaced before it is written.
/// </summary>
public sealed class ReportWriter(TextWriter output, int width, bool colour)
{
    private const char Glue = '\u00a0';
    private readonly StringBuilder _line = new();
    private int _column;

    public int Width => width;

    public void Blank() => output.WriteLine();

    /// <summary>One line, or several if it is too long; those after the first are indented by <paramref name="hang"/>.</summary>
    public void Line(int indent, int hang, params ReadOnlySpan<Piece> pieces)
    {
        var words = Words(pieces);
        Pad(indent);
        for (var i = 0; i < words.Count; i++)
        {
            var spaces = words[i].SpacesBefore;
            if (spaces > 0 && _column > hang && _column + spaces + UnbrokenLength(words, i) > width)
            {
                Flush();
                Pad(hang);
                spaces = 0;
            }

            Pad(spaces);
            Append(words[i]);
        }

        Flush();
    }

    public void Line(params ReadOnlySpan<Piece> pieces) => Line(0, 6, pieces);

    /// <summary>Left and right end of one line; the right one gets a line of its own where both do not fit.</summary>
    public void Sides(int indent, Piece[] left, Piece[] right)
    {
        var gap = width - indent - Length(left) - Length(right);
        if (gap >= 2)
        {
            Line(indent, indent, [.. left, new Piece(new string(Glue, gap)), .. right]);
            return;
        }

        Line(indent, indent + 6, left);
        Line(Math.Max(indent, 6), Math.Max(indent, 6), right);
    }

    /// <summary>"   label      text", the text hanging below itself.</summary>
    public void Field(int indent, int labelWidth, string label, params ReadOnlySpan<Piece> text) =>
        Line(indent, indent + labelWidth, [new Piece(label.PadRight(labelWidth).Replace(' ', Glue), Ink.Faint), .. text]);

    public static int Length(ReadOnlySpan<Piece> pieces)
    {
        var length = 0;
        foreach (var piece in pieces)
            length += piece.Text.Length;
        return length;
    }

    private void Append(Word word)
    {
        var code = colour ? Code(word.Ink) : "";
        _line.Append(code);
        foreach (var character in word.Text)
            _line.Append(character == Glue ? ' ' : IsHarmless(character) ? character : '?');
        if (code.Length > 0)
            _line.Append("\u001b[0m");
        _column += word.Text.Length;
    }

    private void Pad(int count)
    {
        _line.Append(' ', count);
        _column += count;
    }

    private void Flush()
    {
        while (_line.Length > 0 && _line[^1] == ' ')
            _line.Length--;
        output.WriteLine(_line);
        _line.Clear();
        _column = 0;
    }

    private static bool IsHarmless(char character) => char.GetUnicodeCategory(character) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Code(Ink ink) => ink switch
    {
        Ink.Strong => "\u001b[1m",
        Ink.Faint => "\u001b[2m",
        Ink.Good => "\u001b[1;32m",
        Ink.Bad => "\u001b[1;31m",
        Ink.Warn => "\u001b[1;33m",
        _ => "",
    };

    private static List<Word> Words(ReadOnlySpan<Piece> pieces)
    {
        var words = new List<Word>();
        var spaces = 0;
        foreach (var (text, ink) in pieces)
        {
            for (var start = 0; start < text.Length;)
            {
                var end = start + 1;
                while (end < text.Length && (text[end] == ' ') == (text[start] == ' '))
                    end++;
                if (text[start] == ' ')
                {
                    spaces += end - start;
                }
                else
                {
                    words.Add(new Word(text[start..end], ink, spaces));
                    spaces = 0;
                }

                start = end;
            }
        }

        return words;
    }

    /// <summary>Up to the next place where the line may break: pieces that touch stay together.</summary>
    private static int UnbrokenLength(List<Word> words, int index)
    {
        var length = words[index].Text.Length;
        for (var i = index + 1; i < words.Count && words[i].SpacesBefore == 0; i++)
            length += words[i].Text.Length;
        return length;
    }

    private readonly record struct Word(string Text, Ink Ink, int SpacesBefore);
}
