using System.Globalization;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>
/// Joins what memory's shape says with who holds the growth. Memory can rise like a leak while everything that rises is about
/// to end; and a container can fill like a leak long before memory's noise lets its shape be told.
/// </summary>
internal static class OutcomeRules
{
    /// <summary>At most so much of the growth may be held without an end in sight when a growing process is cleared.</summary>
    private const double LittleShare = 0.15;

    /// <summary>At least so much of the growth must be accounted for when one is cleared, or by the one that is accused.</summary>
    private const double LargeShare = 0.5;

    private const int LeastCensuses = 5;
    private const double LeastAccusedPerMinute = 0.5 * ByteSize.MB;
    private static readonly TimeSpan LeastWatched = TimeSpan.FromSeconds(20);

    public static Verdict Join(Verdict trend, IReadOnlyList<Candidate> candidates, MeasuredGrowth measured, ByteSize current, ByteSize? limit)
    {
        var open = Sum(candidates.Where(Carries), Prospect.Unbounded);
        var ending = Sum(candidates, Prospect.Ends);
        var unsettled = Sum(candidates, Prospect.Guarded) + Sum(candidates, Prospect.Unsteady);
        var accused = candidates.Where(candidate => IsProven(candidate, trend)).MaxBy(candidate => candidate.Share);
        switch (trend.Outcome)
        {
            case Outcome.Leak when open <= LittleShare && ending >= LargeShare:
                return trend with
                {
                    Outcome = Outcome.NoLeak,
                    Severity = Severity.None,
                    TimeToLimit = null,
                    Confidence = Math.Min(trend.Confidence, 0.8),
                    Reason = $"memory grows, but what grows will end by itself: {NamesOf(candidates, Prospect.Ends)}",
                };
            case Outcome.Leak when open <= LittleShare && ending + unsettled >= LargeShare:
                return trend with
                {
                    Outcome = Outcome.TooEarlyToTell,
                    Severity = Severity.None,
                    TimeToLimit = null,
                    Confidence = Math.Min(trend.Confidence, 0.5),
                    Reason = $"memory grows, but where it grows something may end it: {NamesOf(candidates, Prospect.Guarded, Prospect.Unsteady, Prospect.Ends)}",
                };
            case Outcome.TooEarlyToTell when accused is not null:
                return Accuse(trend, accused, measured, current, limit);
            case Outcome.NoLeak when accused is not null && accused.Bytes / measured.Minutes >= 2 * LeastAccusedPerMinute:
                return trend with
                {
                    Outcome = Outcome.TooEarlyToTell,
                    Confidence = Math.Min(trend.Confidence, 0.5),
                    Reason = $"memory does not grow yet, but {accused.Suspect.Name} does, in memory that was free; nothing removes its entries",
                };
            default:
                return trend;
        }
    }

    /// <summary>A container that rose from census to census, that code fills and none empties, and that is most of the growth.</summary>
    private static bool IsProven(Candidate candidate, Verdict trend) =>
        candidate is { Prospect: Prospect.Unbounded, NothingEvicts: true, Suspect.Kind: SuspectKind.Container, Trend: { Grows: true, Points: >= LeastCensuses, Low: > 0 } }
        && candidate.Share >= LargeShare && candidate.Suspect.BytesPerMinute >= LeastAccusedPerMinute && trend.Watched >= LeastWatched;

    private static Verdict Accuse(Verdict trend, Candidate accused, MeasuredGrowth measured, ByteSize current, ByteSize? limit)
    {
        // What the container gained is the surer figure; the interval spans both it and what the noise allows.
        var pace = accused.Suspect.BytesPerMinute!.Value;
        var entries = accused.Trend!;
        var low = entries.PerMinute > 0 && double.IsFinite(entries.Low) ? pace * entries.Low / entries.PerMinute : 0;
        var high = entries.PerMinute > 0 && double.IsFinite(entries.High) ? pace * entries.High / entries.PerMinute : pace * 2;
        high = Math.Max(high, double.IsFinite(trend.High) ? trend.High : 0);
        var left = TimeToLimit.Of(current, limit, pace / ByteSize.MB);
        return trend with
        {
            Outcome = Outcome.Leak,
            Severity = SeverityTable.Of(pace / ByteSize.MB, left),
            GrowthPerMinute = pace,
            Low = Math.Min(low, pace),
            High = Math.Max(high, pace),
            Confidence = 0.8,
            TimeToLimit = left,
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{accused.Suspect.Name} rose in {entries.Points} censuses, nothing empties it, and it explains {accused.Share * 100:0} % of the growth in {measured.Elapsed.TotalSeconds:0} s"),
        };
    }

    /// <summary>
    /// Native memory and types all over the heap are what is left when nothing else was found. Beside something that is known
    /// to end, they speak for a leak only where they are most of the growth.
    /// </summary>
    private static bool Carries(Candidate candidate) =>
        candidate.Share >= LargeShare || candidate.Suspect.Kind is not (SuspectKind.Native or SuspectKind.Type);

    private static double Sum(IEnumerable<Candidate> candidates, Prospect prospect) =>
        Math.Min(1, candidates.Where(candidate => candidate.Prospect == prospect).Sum(candidate => candidate.Share));

    private static string NamesOf(IEnumerable<Candidate> candidates, params Prospect[] prospects) =>
        string.Join(", ", candidates.Where(candidate => prospects.Contains(candidate.Prospect) && candidate.Share > 0.05)
            .OrderByDescending(candidate => candidate.Share).Take(3).Select(candidate => candidate.Suspect.Name));
}
