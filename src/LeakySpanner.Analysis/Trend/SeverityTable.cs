using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// How bad a leak is: by its pace, and by the time that is left. The one place where these numbers stand.
/// <list type="table">
/// <item><term>LOW</term><description>under 1 MB/min</description></item>
/// <item><term>MEDIUM</term><description>1 MB/min and more, or the limit within 24 hours</description></item>
/// <item><term>HIGH</term><description>10 MB/min and more, or the limit within 1 hour</description></item>
/// <item><term>CRITICAL</term><description>100 MB/min and more, or the limit within 10 minutes</description></item>
/// </list>
/// A limit that is more than 30 days away makes any leak LOW.
/// </summary>
public static class SeverityTable
{
    public const double Medium = 1;
    public const double High = 10;
    public const double Critical = 100;

    private static readonly TimeSpan LongBefore = TimeSpan.FromDays(30);

    /// <param name="megabytesPerMinute">Growth.</param>
    /// <param name="timeToLimit">Null where no limit is known.</param>
    public static Severity Of(double megabytesPerMinute, TimeSpan? timeToLimit)
    {
        if (timeToLimit > LongBefore)
            return Severity.Low;

        var byPace = megabytesPerMinute switch
        {
            >= Critical => Severity.Critical,
            >= High => Severity.High,
            >= Medium => Severity.Medium,
            _ => Severity.Low,
        };
        var byTime = timeToLimit?.TotalMinutes switch
        {
            null => Severity.Low,
            < 10 => Severity.Critical,
            < 60 => Severity.High,
            < 24 * 60 => Severity.Medium,
            _ => Severity.Low,
        };
        return byPace > byTime ? byPace : byTime;
    }
}
