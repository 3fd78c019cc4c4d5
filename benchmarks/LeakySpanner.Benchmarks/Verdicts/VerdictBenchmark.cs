using System.Globalization;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;
using LeakySpanner.Testing.Simulation;

namespace LeakySpanner.Benchmarks.Verdicts;

/// <summary>Judges 10,000 simulated services per seed and prints how often the judge, and the toolkit's rule, are right.</summary>
internal static class VerdictBenchmark
{
    private const int SeriesPerSeed = 10_000;
    private const double MaterialRate = 2;

    public static int Run(string[] arguments)
    {
        var seeds = arguments.Length == 0 ? [2, 3, 4] : arguments.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var cases = seeds.AsParallel().AsOrdered()
            .SelectMany(seed => Enumerable.Range(0, SeriesPerSeed).Select(index => Case.Of(seed, index))).ToList();

        Console.WriteLine($"{cases.Count:n0} series, seeds {string.Join(", ", seeds)}\n");
        PrintSummary(cases);
        PrintGroups("behaviour", cases, @case => @case.Behaviour.ToString());
        var material = cases.Where(@case => @case.Rate >= MaterialRate).ToList();
        PrintGroups("leaks >= 2 MB/min by kind of noise", material, @case => @case.Noise.ToString());
        PrintGroups("leaks >= 2 MB/min by noise", material, @case => $"{@case.Noise} {Band(@case.NoiseMegabytes)}");
        PrintGroups("leaks by rate", cases.Where(@case => @case.Rate > 0), @case => RateBand(@case.Rate));
        PrintGroups("confidence of leak / no leak verdicts", cases.Where(@case => @case.Outcome != Outcome.TooEarlyToTell),
            @case => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(@case.Confidence * 20) / 20:0.00}"));
        return 0;
    }

    private static void PrintSummary(List<Case> cases)
    {
        var healthy = cases.Where(@case => @case.Rate == 0).ToList();
        var leaking = cases.Where(@case => @case.Rate > 0).ToList();
        var material = leaking.Where(@case => @case.Rate >= MaterialRate).ToList();
        Print("| figure | judge | rule \"over 1 MB/min\" |\n| --- | --- | --- |");
        Print($"| false alarms, healthy | {Share(healthy, c => c.Outcome == Outcome.Leak)} | {Share(healthy, c => c.RuleSaysLeak)} |");
        Print($"| found within 60 s, leaks >= 2 MB/min | {Share(material, c => c.Outcome == Outcome.Leak)} | {Share(material, c => c.RuleSaysLeak)} |");
        Print($"| called healthy, leaks >= 2 MB/min | {Share(material, c => c.Outcome == Outcome.NoLeak)} | {Share(material, c => !c.RuleSaysLeak)} |");
        Print($"| called healthy, all leaks | {Share(leaking, c => c.Outcome == Outcome.NoLeak)} | {Share(leaking, c => !c.RuleSaysLeak)} |");
        Print($"| too early to tell, healthy | {Share(healthy, c => c.Outcome == Outcome.TooEarlyToTell)} | - |");
        Print($"| too early to tell, leaks >= 2 MB/min | {Share(material, c => c.Outcome == Outcome.TooEarlyToTell)} | - |");
        Print($"| true rate inside the interval, linear leaks | {Share(cases.Where(c => c.Behaviour == Behaviour.LinearLeak).ToList(), c => c.IntervalHolds)} | - |");
    }

    private static void PrintGroups(string title, IEnumerable<Case> cases, Func<Case, string> key)
    {
        Print($"\n| {title} | series | leak | no leak | too early | rule says leak |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var group in cases.GroupBy(key).OrderBy(group => group.Min(@case => @case.Order(title))).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            var all = group.ToList();
            Print($"| {group.Key} | {all.Count} | {Share(all, c => c.Outcome == Outcome.Leak)} | {Share(all, c => c.Outcome == Outcome.NoLeak)} "
                + $"| {Share(all, c => c.Outcome == Outcome.TooEarlyToTell)} | {Share(all, c => c.RuleSaysLeak)} |");
        }
    }

    private static void Print(string line) => Console.WriteLine(line);

    private static string Share(List<Case> cases, Predicate<Case> predicate) => cases.Count == 0
        ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * cases.Count(c => predicate(c)) / cases.Count:0.00} %");

    private static string Band(double width) => width switch { < 0.5 => "0.1 to 0.5 MB", < 1.5 => "0.5 to 1.5 MB", < 3 => "1.5 to 3 MB", _ => "3 to 5 MB" };

    private static string RateBand(double rate) => rate switch { < 1 => "0.5 to 1 MB/min", < 2 => "1 to 2", < 5 => "2 to 5", < 20 => "5 to 20", _ => "20 to 100" };

    private sealed record Case(
        Behaviour Behaviour, double Rate, NoiseKind Noise, double NoiseMegabytes, Outcome Outcome, double Confidence, string Reason, bool IntervalHolds, bool RuleSaysLeak)
    {
        /// <summary>Behaviours as they are declared, everything else by size.</summary>
        public double Order(string title) => title switch
        {
            "behaviour" => (int)Behaviour,
            "leaks by rate" => Rate,
            _ => 0,
        };

        public static Case Of(int seed, int index)
        {
            var series = SeriesSource.Draw(seed, index);
            var verdict = GrowthJudge.Judge(series.Samples.AsSpan(), null);
            var (first, last) = (series.Samples[0], series.Samples[^1]);
            var rise = (last.Rss - first.Rss).InMB / (last.At - first.At).TotalMinutes;
            var rate = series.RateMegabytesPerMinute * Model.ByteSize.MB;
            return new(series.Behaviour, series.RateMegabytesPerMinute, series.Noise, series.NoiseMegabytes, verdict.Outcome, verdict.Confidence,
                System.Text.RegularExpressions.Regex.Replace(verdict.Reason, "-?[0-9.]+", "#"),
                verdict.Low <= rate && rate <= verdict.High, rise > 1);
        }
    }
}
