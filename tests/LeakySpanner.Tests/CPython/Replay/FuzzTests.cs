using LeakySpanner.Testing.Fuzzing;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>The short form of the benchmark `fuzz`: a few seeds of every recorded version, the same ones each time.</summary>
public sealed class FuzzTests
{
    private const int Seeds = 12;

    public static TheoryData<string> Versions => [.. Recordings.Versions];

    [Theory, MemberData(nameof(Versions))]
    public void Reads_that_come_out_wrong_do_no_harm(string version)
    {
        var run = new FuzzRun(Recordings.Load(version));

        for (var seed = 0; seed < Seeds; seed++)
            run.Round(seed);

        run.Refused.ShouldBeLessThan(run.Rounds / 2);
        run.MutatedReads.ShouldBeGreaterThan(1000);
        run.Faults.ShouldBeGreaterThan(1000);
    }
}
