using LeakySpanner.Scanning.Baselines;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Baselines;

public sealed class BaselineTests
{
    private const string App = """
        import time
        from fastapi import FastAPI
        app = FastAPI()

        @app.get("/slow")
        async def slow():
            time.sleep(1)
        """;

    [Fact]
    public void What_a_baseline_knows_is_not_told_again()
    {
        var result = Scans.Of(("app.py", App));
        result.Findings.ShouldHaveSingleItem();

        var after = Baseline.Parse(Baseline.Of(result)).Apply(result);

        after.Findings.ShouldBeEmpty();
        after.Known.ShouldBe(1);
        after.Mended.ShouldBe(0);
    }

    [Fact]
    public void Code_above_a_finding_may_change()
    {
        var baseline = Baseline.Parse(Baseline.Of(Scans.Of(("app.py", App))));

        baseline.Apply(Scans.Of(("app.py", "# new\n\n" + App.Replace("    time.sleep", "      time.sleep", StringComparison.Ordinal)))).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_second_case_of_the_same_line_is_new()
    {
        var baseline = Baseline.Parse(Baseline.Of(Scans.Of(("app.py", App))));

        var after = baseline.Apply(Scans.Of(("app.py", App + "\n    time.sleep(1)\n")));

        after.Findings.ShouldHaveSingleItem();
        after.Known.ShouldBe(1);
    }

    [Fact]
    public void What_is_no_longer_there_is_counted()
    {
        var baseline = Baseline.Parse(Baseline.Of(Scans.Of(("app.py", App))));

        var after = baseline.Apply(Scans.Of(("app.py", "x = 1\n")));

        after.Mended.ShouldBe(1);
        after.Known.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"schema":"leakyspanner.scan/1","findings":[]}""")]
    [InlineData("""{"schema":"leakyspanner.baseline/1"}""")]
    public void What_is_no_baseline_is_refused(string text) => Should.Throw<FormatException>(() => Baseline.Parse(text));
}
