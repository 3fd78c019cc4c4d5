namespace LeakySpanner.Metrics;

/// <summary>
/// The label values that may ever be used, over the whole session: every new value is a series that Prometheus keeps. A value that was granted
/// stays granted, so that no counter moves between its own series and "(other)".
/// </summary>
internal sealed class LabelBudget(int most)
{
    public const string Other = "(other)";

    /// <summary>Longer values are paths or generated names; as labels they only cost.</summary>
    private const int LongestValue = 200;

    private readonly HashSet<string> _granted = new(StringComparer.Ordinal);

    public string Label(string value)
    {
        if (_granted.Contains(value))
            return value;
        return value.Length <= LongestValue && _granted.Count < most && _granted.Add(value) ? value : Other;
    }
}
