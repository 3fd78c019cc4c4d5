using System.Globalization;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>
/// Where no second snapshot could be taken (the process was killed), the censuses still tell which containers became longer, and the first
/// snapshot who they are. What they hold, and which line fills them, is not known then.
/// </summary>
internal static class CensusSuspects
{
    private const int Listed = 3;

    /// <summary>Of the entries by which the fastest grew; slower ones are bookkeeping of the same.</summary>
    private const double LeastOfFastest = 0.05;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        var censuses = context.Evidence.Censuses;
        if (context.Growth is not null || context.Evidence.Names is not { } names || censuses.IsDefault || censuses.Length < 2)
            yield break;
        var (_, containers) = new CensusGrowth(censuses[0]).Add(censuses[^1]);
        var named = containers.Select(growth => (Growth: growth, Name: names.Of(growth.Address))).Where(each => each.Name is not null).Take(Listed).ToList();
        foreach (var (growth, name) in named)
        {
            if (growth.Change < LeastOfFastest * containers[0].Change || context.Series.OfContainer(growth.Address) is not { } trend)
                continue;
            var suspect = new Suspect(
                SuspectKind.Container, name!.Name, growth.Type, trend.PerMinute, null, null, null, name.Segments, [], [], null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"It had {growth.Length:N0} entries when they were last counted, {growth.Change:N0} more than at first. What they hold could not be read any more."),
                null);
            yield return new Candidate(suspect, null, trend.Points < 3 || trend.Grows ? Prospect.Unbounded : Prospect.Unsteady, trend);
        }
    }
}
