using LeakySpanner.Reports;
using LeakySpanner.Sidecar.Diagnoses;
using Shouldly;
using Xunit;
using Known = LeakySpanner.Tests.Cli.Reports.Diagnoses;

namespace LeakySpanner.Tests.Cli.Sidecar.Diagnoses;

public sealed class DiagnosisFindingTests
{
    [Fact]
    public void The_first_suspect_is_the_headline()
    {
        var finding = DiagnosisFinding.Read(ReportJson.Of(Known.Leak))!;

        finding.Outcome.ShouldBe("leak");
        finding.Headline.ShouldBe("app.cache.results_cache (dict) explains 94 % of the growth, filled at app/cache.py:42  search()");
        finding.Details.ShouldBe(
        [
            ("kept alive by", "module app.cache > results_cache"),
            ("filled at", "app/cache.py:42  search()"),
            ("filled at", "app/cache.py:57  warm()"),
            ("by endpoint", "GET /query/{q}  2.4 KB per request"),
            ("by endpoint", "POST /warm"),
            ("fix", "results_cache = cachetools.TTLCache(maxsize=1000, ttl=3600)"),
        ]);
    }

    [Fact]
    public void Lines_that_only_asked_for_the_memory_fill_nothing()
    {
        var finding = DiagnosisFinding.Read(ReportJson.Of(Known.Leak with { Suspects = [Known.Sampled] }))!;

        finding.Headline.ShouldEndWith("filled at app/cache.py:42  search()");
        finding.Details.ShouldContain(("filled at", "app/cache.py:42  search()"));
        finding.Details.ShouldContain(("allocated at", "app/cache.py:41  search()"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"verdict\":1,\"suspects\":[]}")]
    [InlineData("{\"verdict\":{},\"suspects\":{}}")]
    [InlineData("no json")]
    public void What_is_no_diagnosis_is_none(string json) => DiagnosisFinding.Read(json).ShouldBeNull();
}
