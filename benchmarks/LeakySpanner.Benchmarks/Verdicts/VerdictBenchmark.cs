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
        var seeds = arguments.Length == 0 ? [101, 102, 103] : arguments.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var cases = seeds.AsParallel().AsOrdered()
            .SelectMany(seed => Enumerable.Range(0, SeriesPerSeed).Select(index => Case.Of(SeriesSource.Draw(seed, index)))).ToList();

        Console.WriteLine($"{cases.Count:n0} series, seeds {string.Join(", ", seeds)}\n");
        PrintSummary(cases);
        PrintGroups("behaviour", cases, @case => @case.Behaviour.ToString());
        var material = cases.Where(@case => @case.Rate >= MaterialRate).ToList();
        PrintGroups("leaks >= 2 MB/min by kind of noise", material, @case => @case.Noise.ToString());
        PrintGroups("leaks >= 2 MB/min by noise", material, @case => $"{@case.Noise} {Band(@case.NoiseMegabytes)}");
        PrintGroups("leaks by rate", cases.Where(@case => @case.Rate > 0), @case => RateBand(@case.Rate));
        PrintCalibration(cases.Where(@case => @case.Outcome != Outcome.TooEarlyToTell));
        PrintOutOfSight(seeds[0]);
        return 0;
    }

    /// <summary>What is said of services whose nature the window does not show, and of leaks in other windows.</summary>
    private static void PrintOutOfSight(int seed)
    {
        const int Each = 500;
        var kinds = new List<(string Name, Func<Random, SimulatedSeries> Draw)>();
        foreach (var share in new[] { 1 / 3.0, 0.5, 0.75, 1, 2 })
            kinds.Add((Text($"cache, time constant {share:0.00} of the window"), random => OutOfSight.Cache(share, random)));
        foreach (var end in new[] { 0.7, 0.8, 0.9, 1 })
            kinds.Add((Text($"ramp that ends at {end:0.0} of the window"), random => OutOfSight.Ramp(end, random)));
        kinds.Add(("garbage not collected within the window", OutOfSight.UncollectedGarbage));
        foreach (var rate in new[] { 0.5, 2, 10 })
        {
            foreach (var seconds in new[] { 15, 30, 60, 120, 300 })
                kinds.Add((Text($"leak of {rate} MB/min watched for {seconds} s"), random => OutOfSight.Leak(rate, seconds, random)));
        }

        Print("\n| outside of the ranges above | series | leak | no leak | too early |\n| --- | --- | --- | --- | --- |");
        foreach (var (name, draw) in kinds)
        {
            var all = Enumerable.Range(0, Each).AsParallel().Select(index => Case.Of(draw(new Random((seed * 7919) + index)))).ToList();
            Print($"| {name} | {Each} | {Share(all, c => c.Outcome == Outcome.Leak)} | {Share(all, c => c.Outcome == Outcome.NoLeak)} | {Share(all, c => c.Outcome == Outcome.TooEarlyToTell)} |");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How often a verdict is right that says how sure it is. "No leak" claims that there is none of 1 MB/min.</summary>
    private static void PrintCalibration(IEnumerable<Case> cases)
    {
        Print("\n| stated confidence | verdicts | right |\n| --- | --- | --- |");
        foreach (var group in cases.GroupBy(@case => @case.Confidence switch { < 0.7 => "under 0.7", < 0.8 => "0.7 to 0.8", < 0.9 => "0.8 to 0.9", _ => "over 0.9" })
            .OrderBy(group => group.Min(@case => @case.Confidence)))
        {
            var all = group.ToList();
            Print($"| {group.Key} | {all.Count} | {Share(all, @case => @case.Outcome == Outcome.Leak ? @case.Rate > 0 : @case.Rate < 1)} |");
        }
    }

    private static void PrintSummary(List<Case> cases)
    {
        var healthy = cases.Where(@case => @case.Rate == 0).ToList();
        var leaking = cases.Where(@case => @case.Rate > 0).ToList();
        var material = leaking.Where(@case => @case.Rate >= MaterialRate).ToList();
        Print("| figure | judge | rule \"over 1 MB/min\" |\n| --- | --- | --- |");
        Print($"| false alarms, healthy | {Share(healthy, c => c.Outcome == Outcome.Leak)} | {Share(healthy, c => c.RuleSaysLeak)} |");
        var brief = healthy.Where(@case => @case.Seconds < 120).ToList();
        Print($"| false alarms, healthy, watched for 60 to 120 s | {Share(brief, c => c.Outcome == Outcome.Leak)} | {Share(brief, c => c.RuleSaysLeak)} |");
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
        Behaviour Behaviour, double Rate, double Seconds, NoiseKind Noise, double NoiseMegabytes, Outcome Outcome, double Confidence, bool IntervalHolds, bool RuleSaysLeak)
    {
        /// <summary>Behaviours as they are declared, everything else by size.</summary>
        public double Order(string title) => title switch
        {
            "behaviour" => (int)Behaviour,
            "leaks by rate" => Rate,
            _ => 0,
        };

        public static Case Of(SimulatedSeries series)
        {
            var verdict = GrowthJudge.Judge(series.Samples.AsSpan(), null);
            var (first, last) = (series.Samples[0], series.Samples[^1]);
            var rise = (last.Rss - first.Rss).InMB / (last.At - first.At).TotalMinutes;
            var rate = series.RateMegabytesPerMinute * Model.ByteSize.MB;
            return new(series.Behaviour, series.RateMegabytesPerMinute, (last.At - first.At).TotalSeconds, series.Noise, series.NoiseMegabytes, verdict.Outcome, verdict.Confidence,
                verdict.Low <= rate && rate <= verdict.High, rise > 1);
        }
    }
}
