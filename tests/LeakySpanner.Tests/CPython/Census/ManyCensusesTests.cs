using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Testing.Recording;
using LeakySpanner.Tests.CPython.Replay;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Census;

/// <summary>What a watch of hours keeps and does is bounded: frozen here as counts, measured by `soak` in benchmarks/RESULTS.md.</summary>
public sealed class ManyCensusesTests
{
    private const int Warming = 5;
    private const int Few = 21;
    private const int Many = 200;

    [Fact]
    public void The_two_hundredth_census_reads_and_allocates_no_more_than_the_tenth()
    {
        var recorded = Recordings.Load(Recordings.Versions.First(version => version.StartsWith("3.11.", StringComparison.Ordinal)));
        var taker = new CensusTaker(PythonProcess.Attach(recorded));
        var costs = new List<(long Reads, long Bytes)>();
        for (var number = 1; number <= Many; number++)
        {
            var (reads, bytes) = (recorded.Bytes.Reads, GC.GetAllocatedBytesForCurrentThread());
            taker.Take(TimeSpan.FromSeconds(number));
            costs.Add((recorded.Bytes.Reads - reads, GC.GetAllocatedBytesForCurrentThread() - bytes));
        }

        costs.Skip(Warming).Select(cost => cost.Reads).Distinct().Count().ShouldBe(1);

        // Medians: now and then the runtime takes pooled buffers away, and new ones are made.
        var early = Median(costs.Skip(Warming).Take(Few));
        Median(costs.TakeLast(Few)).ShouldBeLessThanOrEqualTo(early + (early / 50));
    }

    private static long Median(IEnumerable<(long Reads, long Bytes)> costs) => costs.Select(cost => cost.Bytes).Order().ElementAt(Few / 2);

    /// <summary>A program that makes and drops classes without end: here its memory turns to garbage, a little more each time.</summary>
    [Fact]
    public void Types_that_are_gone_are_not_kept()
    {
        var target = new DamagedTarget(Recordings.Load(Recordings.Versions.First(version => version.StartsWith("3.11.", StringComparison.Ordinal))));
        var python = PythonProcess.Attach(target);
        var taker = new CensusTaker(python);
        var sound = taker.Take(TimeSpan.Zero);
        var (known, random) = (python.Types.All.Count, new Random(1));
        for (var number = 1; number <= Many / 4; number++)
        {
            for (var change = 0; change < 400; change++)
                target.Write(DamagePlaces.Sound.AnyWord(random), (ulong)random.NextInt64());
            taker.Take(TimeSpan.FromSeconds(number)).Coverage.ObjectsSeen.ShouldBeLessThanOrEqualTo(sound.Coverage.ObjectsSeen * 2);
            python.Types.All.Count.ShouldBeLessThanOrEqualTo(known + (known / 10), $"census {number}");
        }
    }
}
