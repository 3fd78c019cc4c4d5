using System.Collections.Immutable;
using LeakySpanner.Analysis.Diagnosis;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Diagnosis;

/// <summary>Samples of what a suspect holds, found by the addresses of its objects.</summary>
public sealed class SampledSuspectsTests
{
    private const int Size = 50_000;

    private static readonly CallFrame Serve = new("serve", "/app/main.py", 9);
    private static readonly CallFrame Fill = new("Cache.fill", "/app/cache.py", 42);
    private static readonly CallFrame Decode = new("JSONDecoder.raw_decode", "/usr/lib/python3.11/json/decoder.py", 353);

    private readonly WatchedProcess _process = new();

    [Fact]
    public void Lines_and_endpoints_come_from_the_samples_of_what_it_holds()
    {
        var evidence = Watch(40);

        var suspect = Diagnose(evidence, Sampled(evidence, index => (index % 10 == 0 ? "POST /warm" : "GET /query/{q}", [Serve, Fill, Decode])));

        suspect.Samples.ShouldBe(360);
        suspect.AllocatedAt.ShouldHaveSingleItem().ShouldBe(new Site("cache.py", 42, "Cache.fill", Inferred: false) { Fills = false, SampledShare = suspect.AllocatedAt[0].SampledShare });
        suspect.AllocatedAt[0].SampledShare!.Value.ShouldBe(1, 1e-9);
        suspect.Endpoints.Select(endpoint => (endpoint.Route, endpoint.Inferred)).ShouldBe([("GET /query/{q}", false), ("POST /warm", false)]);
        suspect.Endpoints[0].SampledShare!.Value.ShouldBe(0.9, 0.001);
        suspect.Endpoints[0].BytesPerRequest!.Value.ShouldBe(0.9 * 360 * Size / 900, 100);
        (suspect.OutsideRequests, suspect.Disagreement).ShouldBe((0, null));
    }

    [Fact]
    public void A_collectors_header_before_the_object_does_not_hide_it()
    {
        var evidence = Watch(40);
        var blocks = Sampled(evidence, _ => ("GET /query/{q}", [Serve])).Select((block, index) => block with { Address = block.Address - (ulong)(16 * (index % 3)) });

        Diagnose(evidence, [.. blocks]).Samples.ShouldBe(360);
    }

    [Fact]
    public void Few_samples_name_nobody()
    {
        var evidence = Watch(40);

        var suspect = Diagnose(evidence, [.. Sampled(evidence, _ => ("GET /query/{q}", [Serve, Fill])).Take(9)]);

        (suspect.Samples, suspect.AllocatedAt.Length, suspect.Endpoints.Length).ShouldBe((null, 0, 0));
    }

    [Fact]
    public void Blocks_of_somebody_else_are_not_its_own()
    {
        var evidence = Watch(40);
        var elsewhere = Enumerable.Range(0, 100).Select(i => Block(0x10UL + ((ulong)i * 4096), "GET /innocent", Serve));

        Diagnose(evidence, [.. elsewhere]).Samples.ShouldBeNull();
    }

    [Fact]
    public void What_was_asked_for_outside_of_requests_is_told_as_such()
    {
        var evidence = Watch(40);

        var suspect = Diagnose(evidence, Sampled(evidence, index => (index % 4 == 0 ? "GET /query/{q}" : SampledRoute.None, [Serve])));

        suspect.OutsideRequests!.Value.ShouldBe(0.75, 0.001);
        suspect.Endpoints.ShouldHaveSingleItem().SampledShare!.Value.ShouldBe(0.25, 0.001);
    }

    /// <summary>Their route is known when they have ended: they take nothing from the shares of those that have.</summary>
    [Fact]
    public void Requests_in_progress_do_not_count_among_the_endpoints()
    {
        var evidence = Watch(40);

        var suspect = Diagnose(evidence, Sampled(evidence, index => (index % 2 == 0 ? "GET /query/{q}" : SampledRoute.Unfinished, [Serve])));

        suspect.Endpoints.ShouldHaveSingleItem().SampledShare!.Value.ShouldBe(1, 1e-9);
    }

    [Fact]
    public void Where_nobody_records_requests_samples_tell_lines_only()
    {
        var evidence = Watch(40) with { Traffic = null };

        var suspect = Diagnose(evidence, Sampled(evidence, _ => (SampledRoute.None, [Serve, Fill])));

        (suspect.AllocatedAt[0].Line, suspect.Endpoints.Length, suspect.OutsideRequests).ShouldBe((42, 0, null));
    }

    [Fact]
    public void Where_the_regression_says_otherwise_both_are_told()
    {
        var suspect = new Suspect(
            SuspectKind.Container, "app.kept", "list", 1, 1e6, null, 0.95, [], [],
            [new EndpointShare("GET /regressed", 0.98, 4096, false, 3900, 4300) { SampledShare = 0.02 }, new EndpointShare("GET /sampled", 0.98, 4096, false) { SampledShare = 0.98 }],
            null, null, null)
        { Samples = 400 };
        var costs = new RouteCosts([new RouteCost("GET /regressed", 1000, 4096, 3900, 4300, 0.98), new RouteCost("GET /sampled", 1000, 0, -50, 60, 0)], 0, 100, []);

        var told = Disagreements.Tell([suspect], costs).ShouldHaveSingleItem();

        told.Disagreement.ShouldBe(
            "the regression charges GET /regressed, samples do not (2 % of it); samples charge 98 % of it to GET /sampled, of whose requests the regression finds nothing left");
        told.Endpoints.Length.ShouldBe(2);
        Disagreements.Tell([suspect with { Samples = null }], costs)[0].Disagreement.ShouldBeNull();
    }

    [Fact]
    public void Code_that_no_sample_came_through_is_doubted()
    {
        var suspect = new Suspect(
            SuspectKind.Container, "app.kept", "list", 1, 1e6, null, 0.95, [],
            [new Site("cache.py", 42, "fill", false) { Fills = false, SampledShare = 0.97 }, new Site("other.py", 3, "refresh") { SampledShare = 0 }],
            [], null, null, null)
        { Samples = 400 };

        Disagreements.Tell([suspect], null)[0].Disagreement.ShouldBe("code that fills it was found in refresh(), samples of it come from fill()");
    }

    private Evidence Watch(int texts)
    {
        var kept = _process.Heap.Module("app").List("kept");
        return _process.Watch(_ => kept.WithTexts(texts, Size)) with
        {
            WorkingDirectory = "/app",
            Traffic = new Traffic(["GET /query/{q}", "POST /warm"], [new(TimeSpan.Zero, [0, 0]), new(TimeSpan.FromSeconds(90), [900, 100])], 0),
        };
    }

    private static Suspect Diagnose(Evidence evidence, ImmutableArray<SampledBlock> samples) =>
        Diagnoser.Diagnose(evidence with { Samples = samples }).Suspects.ShouldHaveSingleItem();

    /// <summary>One of each large text that the heap has in the end.</summary>
    private static ImmutableArray<SampledBlock> Sampled(Evidence evidence, Func<int, (string Route, CallFrame[] Frames)> of)
    {
        var graph = evidence.After!.Graph;
        return
        [
            .. Enumerable.Range(0, graph.NodeCount).Where(node => graph.SizeOf(new NodeId(node)) > Size)
                .Where(node => graph.TypeOf(new NodeId(node)).Name == "str")
                .Select((node, index) => Block(graph.Addresses[node], of(index).Route, of(index).Frames)),
        ];
    }

    private static SampledBlock Block(ulong address, string route, params CallFrame[] frames) => new(address, Size, 1, TimeSpan.Zero, [.. frames], route);
}
