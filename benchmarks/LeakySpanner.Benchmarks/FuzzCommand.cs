using System.Diagnostics;
using System.Globalization;
using LeakySpanner.Testing.Fuzzing;
using LeakySpanner.Testing.Recording;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>Reads the recorded processes of every version wrongly until a million reads were wrong. The seeds go on from the one that is named.</summary>
internal static class FuzzCommand
{
    /// <summary>A sound reading takes under a second; one that takes longer than this runs in circles.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(2);

    public static int Run(string[] arguments)
    {
        var wanted = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        var seed = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0;
        var runs = Recordings.Versions.Select(version => new FuzzRun(Recordings.Load(version))).ToArray();
        var (watch, first, longest) = (Stopwatch.StartNew(), seed, TimeSpan.Zero);
        while (runs.Sum(run => run.MutatedReads) < wanted)
        {
            foreach (var run in runs)
            {
                var (began, current) = (watch.Elapsed, seed);
                using (new Timer(_ => Environment.FailFast($"CPython {run.Version}, seed {current}: no end after {LongestRound}"), null, LongestRound, Timeout.InfiniteTimeSpan))
                    run.Round(seed);
                longest = watch.Elapsed - began > longest ? watch.Elapsed - began : longest;
            }

            seed++;
        }

        foreach (var run in runs)
            Console.WriteLine($"  CPython {run.Version,-8} {run.MutatedReads,9:N0} of {run.Reads,10:N0} reads wrong, {run.Rounds} rounds of which {run.Refused} were refused, {run.Faults:N0} things counted as not believed, at most {F(run.MostAllocated)} times the sound reading's memory");
        Console.WriteLine($"fuzz: {runs.Sum(run => run.MutatedReads):N0} wrong reads in {runs.Sum(run => run.Rounds)} readings (seeds {first} to {seed - 1}), {F(watch.Elapsed.TotalSeconds, "0")} s; the longest reading {F(longest.TotalSeconds)} s; peak RSS {F(PeakRssMB(), "0")} MB; no crash, no hang, no bound passed");
        return 0;
    }
}
