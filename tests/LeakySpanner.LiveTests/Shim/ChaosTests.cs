using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>Whatever happens to the sidecar, no request fails and none is answered otherwise. The benchmark `chaos` does the same with 100,000 requests.</summary>
[Collection(WatchedServices.Name)]
public sealed class ChaosTests
{
    private const int Requests = 2_000;

    [LiveTheory]
    [InlineData(Mishap.Killed)]
    [InlineData(Mishap.Stopped)]
    public Task A_sidecar_that_is_hurt_is_not_noticed(Mishap mishap) => RunAsync(mishap, 0, 0);

    [LiveTheory]
    [InlineData(Mishap.Missing)]
    [InlineData(Mishap.NotExecutable)]
    public Task A_sidecar_that_cannot_start_is_one_line_in_the_log(Mishap mishap) => RunAsync(mishap, 1, 1);

    [MountTheory]
    [InlineData(Mishap.LogDiskFull, 0)]
    [InlineData(Mishap.SharedMemoryFull, 1)]
    public Task A_full_disk_is_one_line_at_most(Mishap mishap, int fewest) => RunAsync(mishap, fewest, 1);

    private static async Task RunAsync(Mishap mishap, int fewest, int most)
    {
        var report = await Chaos.RunAsync(mishap, Watched.Folder, Watched.Executable, Requests, stopped: TimeSpan.FromSeconds(1));

        report.Load.FirstFailure.ShouldBeNull(report.Output);
        report.Load.Failed.ShouldBe(0);
        report.Load.Requests.ShouldBeGreaterThanOrEqualTo(Requests);
        report.Warnings.Count.ShouldBeInRange(fewest, most, report.Output);
    }
}

/// <summary>Runs where file systems may be mounted, which containers often forbid; so its absence is no failure anywhere.</summary>
internal sealed class MountTheoryAttribute : TheoryAttribute
{
    public MountTheoryAttribute() => Skip = LiveParts.SkipReason ?? (FullDisk.IsToBeHad ? null : "missing: permission to mount a file system");
}
