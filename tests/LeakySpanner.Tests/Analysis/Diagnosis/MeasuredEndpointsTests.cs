using LeakySpanner.Analysis.Diagnosis;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Diagnosis;

public sealed class MeasuredEndpointsTests
{
    private static readonly MeasuredGrowth Measured = new(100 * ByteSize.MB, TimeSpan.FromMinutes(1), 100 * ByteSize.MB);

    private static readonly RouteCost Guilty = new("GET /guilty", 25_600, 4096, 3900, 4300, 1);
    private static readonly RouteCost Innocent = new("GET /innocent", 25_600, 20, -100, 140, 0);

    [Fact]
    public void A_route_that_code_leads_from_is_confirmed_and_one_that_leaves_nothing_is_taken_out()
    {
        var suspect = Join(Costs(Guilty, Innocent), Suspect("app.kept", 0.98, "GET /innocent", "GET /guilty", "POST /never-called"))[0];

        suspect.Endpoints.ShouldBe([new EndpointShare("GET /guilty", 1, 4096, false, 3900, 4300), new EndpointShare("POST /never-called", null, null)]);
    }

    [Fact]
    public void A_wrong_inference_is_corrected_where_one_route_and_one_suspect_have_nearly_all() =>
        Join(Costs(Guilty, Innocent), Suspect("app.kept", 0.9, "GET /innocent"))[0].Endpoints
            .ShouldBe([new EndpointShare("GET /guilty", 1, 4096, false, 3900, 4300)]);

    [Fact]
    public void A_suspect_that_explains_little_is_not_put_down_to_a_route_that_no_code_connects_it_with() =>
        Join(Costs(Guilty, Innocent), Suspect("app.kept", 0.3, "GET /innocent"))[0].Endpoints.ShouldBe([new EndpointShare("GET /innocent", null, null)]);

    [Fact]
    public void Where_nothing_is_sure_code_has_the_word()
    {
        var unsure = Guilty with { Low = -5 };

        Join(Costs(unsure, Innocent), Suspect("app.kept", 0.98, "GET /guilty"))[0].Endpoints.ShouldBe([new EndpointShare("GET /guilty", null, null)]);
    }

    [Fact]
    public void What_a_route_leaves_is_shared_out_among_its_suspects()
    {
        var suspects = Join(Costs(Guilty), Suspect("app.large", 0.6, "GET /guilty"), Suspect("app.small", 0.2, "GET /guilty"));

        suspects[0].Endpoints[0].BytesPerRequest!.Value.ShouldBe(3072, 1);
        suspects[1].Endpoints[0].BytesPerRequest!.Value.ShouldBe(1024, 1);
        suspects[1].Endpoints[0].High!.Value.ShouldBe(1075, 1);
    }

    [Fact]
    public void What_runs_for_every_request_is_told_by_the_routes_that_were_measured()
    {
        var other = Guilty with { Route = "GET /other", Requests = 51_200 };

        var endpoints = Join(Costs(other, Guilty), Suspect("app.seen", 0.98, "every request"))[0].Endpoints;

        endpoints.Select(endpoint => (endpoint.Route, Math.Round(endpoint.Share!.Value, 2))).ShouldBe([("GET /other", 0.67), ("GET /guilty", 0.33)]);
    }

    [Fact]
    public void A_route_that_nobody_is_put_down_to_is_a_note()
    {
        var note = MeasuredEndpoints.Notes([Suspect("app.kept", 0.3)], Costs(Guilty, Innocent)).ShouldHaveSingleItem();

        note.ShouldContain("GET /guilty leaves 4.0 KB behind (3.8 KB to 4.2 KB)");
    }

    [Fact]
    public void A_diagnosis_with_traffic_names_the_route_and_what_a_request_of_it_leaves()
    {
        var process = new WatchedProcess();
        var kept = process.Heap.Module("app").List("kept");
        var random = new Random(11);
        var calls = new List<int>();
        var evidence = process.Watch(_ =>
        {
            calls.Add(random.Next(10, 90));
            kept.WithTexts(calls[^1], 50_000);
        });

        var diagnosis = Diagnoser.Diagnose(evidence with { Traffic = TrafficOf(calls, random) });

        var endpoint = diagnosis.Suspects[0].Endpoints.ShouldHaveSingleItem();
        (endpoint.Route, endpoint.Inferred).ShouldBe(("GET /kept", false));
        endpoint.BytesPerRequest!.Value.ShouldBe(50_000, 3_000);
        diagnosis.RouteCosts!.Routes.Select(cost => (cost.Route, cost.IsLeaking)).ShouldBe([("GET /kept", true), ("GET /else", false)]);
    }

    /// <summary>Requests come evenly within each step of ten seconds; the other route's number is drawn anew for each.</summary>
    private static LeakySpanner.Model.Usage.Traffic TrafficOf(List<int> calls, Random random)
    {
        var samples = new List<LeakySpanner.Model.Usage.TrafficSample>();
        var (before, others) = (0L, 0L);
        foreach (var (call, step) in calls.Select((call, step) => (call, step)))
        {
            var other = random.Next(10, 90);
            for (var i = 0; i < 200; i++)
                samples.Add(new(TimeSpan.FromSeconds((step * 10) + (i * 0.05)), [before + (call * i / 200), others + (other * i / 200)]));
            (before, others) = (before + call, others + other);
        }

        return new(["GET /kept", "GET /else"], [.. samples], 0);
    }

    private static RouteCosts Costs(params RouteCost[] routes) => new([.. routes], 0, 100, []);

    private static System.Collections.Immutable.ImmutableArray<Suspect> Join(RouteCosts costs, params Suspect[] suspects) => MeasuredEndpoints.Join([.. suspects], costs, Measured);

    private static Suspect Suspect(string name, double share, params string[] routes) => new(
        SuspectKind.Container, name, "list", 1, share * 100 * ByteSize.MB, null, share, [], [],
        [.. routes.Select(route => new EndpointShare(route, null, null))], null, null, null);
}
