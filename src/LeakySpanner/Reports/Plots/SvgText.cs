using System.Globalization;
using System.Text;

namespace LeakySpanner.Reports.Plots;

/// <summary>As much of SVG as a plot needs. Text is escaped, and what XML cannot hold is replaced.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <param name="width">Units of the picture's own.</param>
    /// <param name="height">Likewise.</param>
    /// <param name="title">What it is, for those who do not see it.</param>
    /// <param name="style">CSS.</param>
    public SvgText(int width, int height, string title, string style)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n");
        _text.Append(CultureInfo.InvariantCulture, $"<title>{Escaped(title)}</title>\n<style>{style}</style>\n");
        _text.Append(CultureInfo.InvariantCulture, $"<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n");
    }

    public void Line(string kind, double x1, double y1, double x2, double y2) =>
        _text.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>\n");

    public void Curve(string kind, IEnumerable<(double X, double Y)> points)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{kind}\" points=\"");
        foreach (var (x, y) in points)
            _text.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        _text.Append("\"/>\n");
    }

    /// <param name="anchor">start, middle or end.</param>
    public void Text(string kind, double x, double y, string anchor, string text) =>
        _text.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Escaped(text)}</text>\n");

    public override string ToString() => _text.ToString() + "</svg>\n";

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                < 0x20 or 0x7f or 0xfffe or 0xffff => escaped.Append('?'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }
}
