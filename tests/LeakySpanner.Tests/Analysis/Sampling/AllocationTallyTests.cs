using LeakySpanner.Analysis.Sampling;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Sampling;

public sealed class AllocationTallyTests
{
    private const long Mean = 100_000;

    [Fact]
    public void Large_blocks_count_as_they_are_and_small_ones_as_the_mean()
    {
        var tally = new AllocationTally(Mean, 4);
        tally.Observe(Allocated(1, 10_000_000, stack: 1));
        tally.Observe(Allocated(2, 100, stack: 2));
        tally.Live.Bytes[1].ShouldBe(10_000_000, 1);
        // 100 / (1 - exp(-100 / 100,000)): 100,050 bytes, which are a thousand blocks.
        tally.Live.Bytes[2].ShouldBe(100_050, 1);
        tally.Live.Blocks[2].ShouldBe(1000.5, 0.1);
        tally.Live.Samples[2].ShouldBe(1);
    }

    /// <summary>The same draw as the agent's, over every mixture of sizes: the estimate is the truth but for its standard error.</summary>
    [Theory]
    [InlineData(48)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    [InlineData(700_000)]
    public void Estimates_are_unbiased(int size)
    {
        var random = new Random(5);
        var tally = new AllocationTally(Mean, 1);
        const double Truth = 4e8;
        for (var block = 0UL; block < Truth / size; block++)
        {
            if (random.NextDouble() < 1 - Math.Exp(-(double)size / Mean))
                tally.Observe(Allocated(block + 1, size, stack: 0));
        }

        // 4000 samples at most: 1.6 %.
        tally.LiveBytes.ShouldBe(Truth, Truth * 0.06);
    }

    /// <summary>Over a thousand draws, the estimates scatter as much as the variance says: nothing for large blocks, 1/sqrt(samples) for small ones.</summary>
    [Theory]
    [InlineData(1_000, 2_000)]
    [InlineData(150_000, 40)]
    [InlineData(5_000_000, 3)]
    public void The_variance_is_that_of_the_estimate(int size, int blocks)
    {
        var random = new Random(11);
        var (squares, variances) = (0.0, 0.0);
        for (var draw = 0; draw < 1000; draw++)
        {
            var tally = new AllocationTally(Mean, 1);
            for (var block = 0; block < blocks; block++)
            {
                if (random.NextDouble() < 1 - Math.Exp(-(double)size / Mean))
                    tally.Observe(Allocated((ulong)block + 1, size, stack: 0));
            }

            squares += Math.Pow(tally.LiveBytes - ((double)size * blocks), 2);
            variances += tally.Live.Variances[0];
        }

        Math.Sqrt(variances / 1000).ShouldBe(Math.Sqrt(squares / 1000), (Math.Sqrt(squares / 1000) * 0.1) + 1);
        (Math.Sqrt(variances / 1000) / ((double)size * blocks)).ShouldBeLessThan(0.25);
    }

    [Fact]
    public void What_is_freed_is_gone_and_the_peak_is_kept()
    {
        var tally = new AllocationTally(Mean, 4);
        tally.Observe(Allocated(1, 5_000_000, stack: 1));
        tally.Observe(Allocated(2, 3_000_000, stack: 2));
        tally.Observe(Freed(1));
        tally.Observe(Allocated(3, 1_000_000, stack: 3));

        tally.LiveBytes.ShouldBe(4_000_000, 100);
        tally.Live.Samples.ShouldBe([0, 0, 1, 1]);
        tally.Live.Bytes[1].ShouldBe(0);
        tally.Live.Variances[1].ShouldBe(0);
        tally.PeakBytes.ShouldBe(8_000_000, 100);
        tally.Peak.Samples.ShouldBe([0, 1, 1, 0]);
    }

    [Fact]
    public void At_the_peak_the_peak_is_now()
    {
        var tally = new AllocationTally(Mean, 2);
        tally.Observe(Allocated(1, 5_000_000, stack: 1));
        tally.Peak.Samples.ShouldBe([0, 1]);
        tally.Peak.Bytes.ShouldBe(tally.Live.Bytes);
    }

    [Fact]
    public void An_address_that_comes_again_has_been_freed_unseen()
    {
        var tally = new AllocationTally(Mean, 4);
        tally.Observe(Allocated(1, 5_000_000, stack: 1));
        tally.Observe(Allocated(1, 2_000_000, stack: 2));
        tally.Live.Samples.ShouldBe([0, 0, 1, 0]);
        tally.Observe(Freed(7));
        tally.LiveBytes.ShouldBe(2_000_000, 100);
    }

    [Fact]
    public void After_a_gap_it_goes_on_with_what_is_alive()
    {
        var tally = new AllocationTally(Mean, 4);
        tally.Observe(Allocated(1, 5_000_000, stack: 1));
        tally.Resume([Allocated(2, 1_000_000, stack: 2), Allocated(3, 1_000_000, stack: 3)]);
        tally.HasGaps.ShouldBeTrue();
        tally.Live.Samples.ShouldBe([0, 0, 1, 1]);
        tally.PeakBytes.ShouldBe(5_000_000, 100);
        tally.Peak.Samples.ShouldBe([0, 1, 0, 0]);
        tally.Observe(Freed(2));
        tally.LiveBytes.ShouldBe(1_000_000, 100);
    }

    [Fact]
    public void Stacks_that_cannot_be_are_left_out()
    {
        var tally = new AllocationTally(Mean, 4);
        tally.Observe(Allocated(1, 5_000_000, stack: 4));
        tally.Observe(Allocated(2, 5_000_000, stack: -1));
        tally.LiveBytes.ShouldBe(0);
    }

    private static AllocationEvent Allocated(ulong address, long bytes, int stack) => new(false, TimeSpan.FromSeconds(address), address, bytes, 0, stack);

    private static AllocationEvent Freed(ulong address) => new(true, TimeSpan.FromSeconds(100), address, 0, 0, 0);
}
