using System.Globalization;
using System.Text;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Metrics;

/// <summary>
/// Prometheus' text format, version 0.0.4: all samples of a family stand together, after its HELP and TYPE. A family without samples is
/// left out: what is not known has no series, and no NaN.
/// </summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private string _family = "";
    private string? _heading;

    public void Gauge(string name, string help) => Begin(name, "gauge", help);

    /// <param name="name">Ends with _total.</param>
    public void Counter(string name, string help) => Begin(name, "counter", help);

    public void Histogram(string name, string help) => Begin(name, "histogram", help);

    public void Sample(double? value, params ReadOnlySpan<(string Name, string Value)> labels) => Write("", value, labels);

    /// <summary>A histogram's series: cumulative buckets, sum and count.</summary>
    public void Buckets(LatencyHistogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Span<(string, string)> all = [.. labels, ("le", "")];
        long sum = 0;
        for (var i = 0; i < LatencyHistogram.Bounds.Length; i++)
        {
            sum += i < histogram.Counts.Length ? histogram.Counts[i] : 0;
            all[^1] = ("le", Number(LatencyHistogram.Bounds[i]));
            Write("_bucket", sum, all);
        }

        // From the same counts as the buckets: a reader must never see a bucket that is larger than the count.
        all[^1] = ("le", "+Inf");
        Write("_bucket", histogram.Count, all);
        Write("_sum", histogram.SumSeconds, labels);
        Write("_count", histogram.Count, labels);
    }

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    private void Begin(string name, string type, string help)
    {
        _family = name;
        _heading = $"# HELP {name} {help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n# TYPE {name} {type}\n";
        _series.Clear();
    }

    private void Write(string suffix, double? value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is not { } number || !double.IsFinite(number))
            return;
        var start = _text.Length;
        _text.Append(_family).Append(suffix);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            AppendEscaped(labels[i].Value);
            _text.Append('"');
        }

        if (labels.Length > 0)
            _text.Append('}');

        // Prometheus refuses a whole scrape that has a series twice.
        if (!_series.Add(_text.ToString(start, _text.Length - start)))
        {
            _text.Length = start;
            return;
        }

        _text.Append(' ').Append(Number(number)).Append('\n');
        if (_heading is not null)
            _text.Insert(start, _heading);
        _heading = null;
    }

    private void AppendEscaped(string value)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append("\\n"),
                < ' ' or '\u007f' => _text.Append('\ufffd'),
                _ => _text.Append(character),
            };
        }
    }

    private static string Number(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
}
