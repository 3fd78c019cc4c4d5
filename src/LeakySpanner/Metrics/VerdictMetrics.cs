using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>Growth and verdict of every worker. Growth is per second, so that it compares with rate(process_rss_bytes[5m]).</summary>
internal static class VerdictMetrics
{
    private const double SecondsPerMinute = 60;

    private static readonly (Outcome Outcome, string Label)[] Outcomes =
        [(Outcome.Leak, "leak"), (Outcome.NoLeak, "no_leak"), (Outcome.TooEarlyToTell, "too_early_to_tell")];

    public static void Write(MetricsText text, ServiceView view)
    {
        ProcessMetrics.Each(text, view, "leakyspanner_memory_growth_bytes_per_second",
            "Growth of anonymous memory, robustly estimated over the history.", worker => Growth(worker.Verdict, verdict => verdict.GrowthPerMinute));
        ProcessMetrics.Each(text, view, "leakyspanner_memory_growth_low_bytes_per_second",
            "Lower end of the growth's 95 % confidence interval.", worker => Growth(worker.Verdict, verdict => verdict.Low));
        ProcessMetrics.Each(text, view, "leakyspanner_memory_growth_high_bytes_per_second",
            "Upper end of the growth's 95 % confidence interval.", worker => Growth(worker.Verdict, verdict => verdict.High));

        text.Gauge("leakyspanner_verdict", "1 for the outcome that holds, 0 for the others.");
        foreach (var worker in view.Workers)
        {
            foreach (var (outcome, label) in Outcomes)
                text.Sample(worker.Verdict.Outcome == outcome ? 1 : 0, ServiceMetrics.Worker(worker), ("outcome", label));
        }

        ProcessMetrics.Each(text, view, "leakyspanner_verdict_confidence_ratio", "0 to 1: how sure the outcome is.", worker => worker.Verdict.Confidence);
        ProcessMetrics.Each(text, view, "leakyspanner_leak_severity",
            "0 none, 1 low, 2 medium, 3 high, 4 critical; 0 unless the outcome is leak.", worker => (int)worker.Verdict.Severity);
        ProcessMetrics.Each(text, view, "leakyspanner_time_to_limit_seconds",
            "Until the memory limit is reached at this pace; no series where it does not grow or no limit is known.", worker => worker.Verdict.TimeToLimit?.TotalSeconds);
    }

    /// <summary>An interval without ends is no measurement.</summary>
    private static double? Growth(Verdict verdict, Func<Verdict, double> number) =>
        DiagnosisText.IsKnown(verdict) ? Math.Round(number(verdict) / SecondsPerMinute, 3) : null;
}
