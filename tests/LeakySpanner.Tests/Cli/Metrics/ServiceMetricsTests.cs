using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using LeakySpanner.Metrics;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Testing.Goldens;
using LeakySpanner.Tests.Cli.Web;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Metrics;

public sealed partial class ServiceMetricsTests
{
    private readonly ServiceMetrics _metrics = new();

    [Fact]
    public void Of_a_service_of_which_everything_is_known() => Golden.Matches("metrics", Write(Views.Full));

    [Fact]
    public void Of_a_service_of_which_nothing_is_known_yet() => Golden.Matches("metrics-empty", Write(Views.Empty));

    /// <summary>The format's grammar, and what Prometheus makes of it: no series twice, families together, no NaN.</summary>
    [Fact]
    public void Every_line_is_of_the_format_and_every_family_stands_together()
    {
        var series = new HashSet<string>();
        var families = new List<string>();
        foreach (var line in Write(Views.Full with { Workers = [Views.Leaking, Views.New, Views.Leaking] }).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                families.Add(line.Split(' ')[2]);
            if (line.StartsWith('#'))
                continue;
            var match = Line().Match(line);
            match.Success.ShouldBeTrue(line);
            series.Add(match.Groups["series"].Value).ShouldBeTrue(line);
            match.Groups["name"].Value.ShouldStartWith(families[^1]);
        }

        families.ShouldBeUnique();
    }

    [Fact]
    public void Endpoints_are_bounded_over_the_session_and_no_counter_moves()
    {
        var first = Write(Views.Full with { Workers = [Views.New], Endpoints = [.. Enumerable.Range(0, 150).Select(i => Endpoint($"GET /a/{i}", 1))], Costs = null });
        var second = Write(Views.Full with { Workers = [Views.New], Endpoints = [.. Enumerable.Range(0, 500).Select(i => Endpoint($"GET /b/{i}", 5)), .. Enumerable.Range(0, 150).Select(i => Endpoint($"GET /a/{i}", 2))], Costs = null });

        Labels(first, "endpoint").Count.ShouldBe(150);
        Labels(second, "endpoint").Count.ShouldBe(201);
        Labels(second, "endpoint").IsSupersetOf(Labels(first, "endpoint")).ShouldBeTrue();
        Value(second, "leakyspanner_requests_total{endpoint=\"(other)\",kind=\"http\",result=\"success\"}").ShouldBe(450 * 5);
        Value(second, "leakyspanner_request_duration_seconds_count{endpoint=\"(other)\",kind=\"http\"}").ShouldBe(450);
        Value(second, "leakyspanner_requests_total{endpoint=\"GET /a/7\",kind=\"http\",result=\"success\"}").ShouldBe(2);
    }

    [Fact]
    public void Types_and_suspects_are_bounded_over_the_session()
    {
        var text = "";
        var suspects = new HashSet<string>();
        for (var round = 0; round < 50; round++)
        {
            var types = Enumerable.Range(0, 40).Select(i => new TypeCount($"T{round}_{i}", 1, 100 - i)).ToImmutableArray();
            var json = $$"""{"suspects":[{{string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"kind":"container","name":"a.b{{round}}_{{i}}","growth_bytes_per_minute":60,"retained_bytes":1}"""))}}]}""";
            text = Write(Views.Full with
            {
                Workers = [Views.Leaking with { LastCensus = Views.Leaking.LastCensus! with { Types = types } }],
                Diagnoses = [new DiagnosisView(4121, Views.Now, json, "")],
            });
            if (round == 0)
            {
                Labels(text, "type").Count.ShouldBe(21);
                Value(text, "leakyspanner_heap_objects{worker=\"0\",type=\"(other)\"}").ShouldBe(20);
            }

            suspects.UnionWith(Labels(text, "suspect"));
        }

        Labels(text, "type").ShouldBe(["(other)"]);
        suspects.Count.ShouldBe(100);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"suspects\":5}")]
    [InlineData("{\"suspects\":[5,null,{}]}")]
    [InlineData("{\"suspects\":[{\"name\":null,\"kind\":7,\"growth_bytes_per_minute\":\"x\",\"retained_bytes\":1e999}]}")]
    public void A_diagnosis_that_is_none_costs_its_series_only(string json)
    {
        var text = Write(Views.Full with { Diagnoses = [new DiagnosisView(4121, Views.Now, json, "")] });

        text.ShouldNotContain("leakyspanner_suspect_growth");
        text.ShouldContain("process_rss_bytes{worker=\"0\"} 933232640\n");
    }

    [Fact]
    public void Addresses_in_names_are_no_labels()
    {
        const string Json = """{"suspects":[{"kind":"container","name":"dict at 0x7f40c67cf3c0","growth_bytes_per_minute":120,"retained_bytes":5}]}""";

        Write(Views.Full with { Diagnoses = [new DiagnosisView(4121, Views.Now, Json, "")] })
            .ShouldContain("leakyspanner_suspect_growth_bytes_per_second{worker=\"0\",suspect=\"dict at 0x…\",kind=\"container\"} 2\n");
    }

    [Fact]
    public void A_workers_series_are_those_of_its_slot_whatever_its_pid()
    {
        var before = Series(Write(Views.Full));
        var after = Series(Write(Views.Full with { Workers = [Views.Leaking with { Pid = 5000 }, Views.New with { Pid = 5001 }], Diagnoses = [.. Views.Full.Diagnoses.Select(diagnosis => diagnosis with { Pid = 5000 })] }));

        after.ShouldBe(before);
    }

    [Fact]
    public void A_diagnosis_of_a_worker_that_has_ended_is_not_shown()
    {
        Write(Views.Full with { Workers = [Views.Leaking with { Pid = 5000 }] }).ShouldNotContain("leakyspanner_suspect");
    }

    [Fact]
    public void Whatever_stands_in_a_name_stays_inside_its_quotes()
    {
        var text = Write(Views.Full with { Endpoints = [Endpoint("GET /a\"b\\c\nd\re\u007f\ud800é", 1)], Service = new string('s', 5000) });

        text.ShouldContain("{endpoint=\"GET /a\\\"b\\\\c\\nd\ufffde\ufffd\ufffdé\",kind=\"http\",result=\"success\"} 1\n");
        Write(Views.Full with { Endpoints = [Endpoint(new string('x', 201), 1)] }).ShouldContain("endpoint=\"(other)\"");
    }

    [Fact]
    public void An_interval_without_ends_has_no_series()
    {
        var text = Write(Views.Full with { Workers = [Views.New] });

        text.ShouldNotContain("leakyspanner_memory_growth");
        text.ShouldNotContain("leakyspanner_time_to_limit_seconds");
        text.ShouldNotContain("NaN");
        text.ShouldNotContain("Inf}");
        text.ShouldContain("leakyspanner_verdict{worker=\"1\",outcome=\"too_early_to_tell\"} 1\n");
    }

    [Fact]
    public void Growth_compares_with_a_rate_of_bytes()
    {
        var verdict = Views.Leaking.Verdict with { Outcome = Outcome.Leak, GrowthPerMinute = 60 * 1_048_576, Low = 59 * 1_048_576, High = 61 * 1_048_576 };

        Value(Write(Views.Full with { Workers = [Views.Leaking with { Verdict = verdict }] }), "leakyspanner_memory_growth_bytes_per_second{worker=\"0\"}").ShouldBe(1_048_576);
    }

    private static EndpointView Endpoint(string name, long requests) => new(
        name, RequestKind.Http, requests, 0, 0, new LatencyHistogram([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.001), 0, default, null);

    private string Write(ServiceView view) => Encoding.UTF8.GetString(_metrics.Write(view));

    private static SortedSet<string> Labels(string text, string label) =>
        [.. Regex.Matches(text, label + "=\"([^\"]*)\"").Select(match => match.Groups[1].Value)];

    private static List<string> Series(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => line[..line.LastIndexOf(' ')])];

    private static double Value(string text, string series) => double.Parse(
        text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<series>(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*=""([^""\\\n]|\\[\\""n])*"",?)*\})?) (?<value>-?[0-9.]+(E[-+][0-9]+)?)$")]
    private static partial Regex Line();
}
