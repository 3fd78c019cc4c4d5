using System.Text.Json;
using LeakySpanner.Web;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>The description against what is really served: paths, methods, parameters with their bounds, and every field.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task It_describes_the_routes_that_there_are()
    {
        await using var served = await Served.StartAsync();
        var description = await DescriptionAsync(served);
        var routes = new RouteTable(served.Sidecar, served.Server, TimeProvider.System).All.Where(route => route.Summary is not null);

        Operations(description).Select(operation => $"{operation.Method} {operation.Path} {operation.Body.GetProperty("summary").GetString()}").Order()
            .ShouldBe(routes.Select(route => $"{route.Method} {route.Path} {route.Summary!.Split(':')[0]}").Order());
    }

    [Fact]
    public async Task Every_answer_is_what_it_says()
    {
        await using var served = await Served.StartAsync();
        var description = await DescriptionAsync(served);
        var shape = new JsonShape(description);
        var compared = 0;
        foreach (var view in new[] { Views.Full, Views.Full with { Workers = [Views.New] }, Views.Empty })
        {
            served.Sidecar.Shown = view;
            foreach (var operation in Operations(description))
            {
                var reply = await served.AtPortAsync(operation.Path, operation.Method);
                var described = operation.Body.GetProperty("responses").TryGetProperty($"{reply.Status}", out var response);
                described.ShouldBeTrue($"{operation.Method} {operation.Path} answers {reply.Status}, which is not described");
                var (type, content) = response.GetProperty("content").EnumerateObject().Select(item => (item.Name, item.Value.GetProperty("schema"))).Single();
                reply.Headers["Content-Type"].ShouldStartWith(type);
                if (type != "application/json")
                    continue;
                shape.Faults(content, JsonDocument.Parse(reply.Body).RootElement).ShouldBeEmpty($"{operation.Method} {operation.Path}: {reply.Body}");
                compared++;
            }
        }

        compared.ShouldBe(36);
    }

    [Fact]
    public async Task A_collection_is_what_it_says()
    {
        await using var served = await Served.StartAsync();
        var description = await DescriptionAsync(served);
        var schema = description.GetProperty("paths").GetProperty(RouteTable.Debug + "/gc").GetProperty("post").GetProperty("responses")
            .GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");

        var reply = await served.FromShimAsync(
            "/v1/collected", """{"pid":4121,"collected":1,"uncollectable":0,"collect_seconds":0.1,"trimmed":false,"trim_seconds":0}""");

        new JsonShape(description).Faults(schema, JsonDocument.Parse(reply.Body).RootElement).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parameters_and_their_bounds_are_those_that_hold()
    {
        await using var served = await Served.StartAsync();
        var checkedParameters = new List<string>();
        foreach (var operation in Operations(await DescriptionAsync(served)).Where(operation => operation.Method == "GET" && operation.Path.Contains("/debug", StringComparison.Ordinal)))
        {
            if (operation.Path.EndsWith("openapi.json", StringComparison.Ordinal))
                continue;
            (await served.AtPortAsync(operation.Path + "?unheard_of=1")).Status.ShouldBe(400, operation.Path);
            if (!operation.Body.TryGetProperty("parameters", out var parameters))
                continue;
            foreach (var parameter in parameters.EnumerateArray())
            {
                var name = parameter.GetProperty("name").GetString()!;
                var (least, most) = (parameter.GetProperty("schema").GetProperty("minimum").GetInt64(), parameter.GetProperty("schema").GetProperty("maximum").GetInt64());
                foreach (var (value, status) in new[] { (least, 200), (most, 200), (least - 1, 400), (most + 1, 400) })
                    (await served.AtPortAsync($"{operation.Path}?{name}={value}")).Status.ShouldBe(status, $"{operation.Path}?{name}={value}");
                checkedParameters.Add(name);
            }
        }

        checkedParameters.ShouldBe(["minutes", "limit", "pid", "limit", "pid"]);
    }

    /// <summary>What does not compare is no test: every kind of fault is found.</summary>
    [Theory]
    [InlineData("""{"error":"x","more":1}""", "$.more is served and not described")]
    [InlineData("{}", "$.error is described and not served")]
    [InlineData("""{"error":5}""", "$.error: Number is not string")]
    public async Task Faults_are_found(string json, string fault)
    {
        await using var served = await Served.StartAsync();
        var description = await DescriptionAsync(served);

        new JsonShape(description).Faults(description.GetProperty("components").GetProperty("schemas").GetProperty("Error"), JsonDocument.Parse(json).RootElement)
            .ShouldContain(fault);
    }

    private static async Task<JsonElement> DescriptionAsync(Served served) =>
        JsonDocument.Parse((await served.ThroughApplicationAsync(RouteTable.Debug + "/openapi.json")).Body).RootElement;

    private static IEnumerable<(string Path, string Method, JsonElement Body)> Operations(JsonElement description) =>
        from path in description.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select (path.Name, method.Name.ToUpperInvariant(), method.Value);
}
