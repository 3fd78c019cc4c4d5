using LeakySpanner.Model;

namespace LeakySpanner.Sidecar.History;

/// <summary>
/// An alert when memory has grown over the baseline by the threshold, and again after another threshold, or half of what it has
/// grown where that is more: a fast leak is told of a few times, not a hundred. Once half of the threshold has been given back, the
/// first one is due again.
/// </summary>
internal sealed class AlertRule(ByteSize baseline, ByteSize threshold)
{
    private ByteSize _next = baseline + threshold;

    /// <summary>Whether this is worth an alert.</summary>
    public bool Add(ByteSize rss)
    {
        if (rss.Bytes < baseline.Bytes + (threshold.Bytes / 2))
            _next = baseline + threshold;
        if (rss <= _next)
            return false;
        _next = rss + new ByteSize(Math.Max(threshold.Bytes, (rss - baseline).Bytes / 2));
        return true;
    }
}
