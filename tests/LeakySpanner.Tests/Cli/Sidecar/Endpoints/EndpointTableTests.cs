using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Endpoints;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.Endpoints;

public sealed class EndpointTableTests
{
    [Fact]
    public void A_service_that_names_endpoints_without_end_fills_one_bucket()
    {
        var table = new EndpointTable();
        for (var i = 0; i < 2_000; i++)
            table.Of($"GET /user/{i}", RequestKind.Http).Add(default);

        table.Count.ShouldBe(EndpointTable.MostEndpoints + 1);
        table.View(null).Single(endpoint => endpoint.Name == "(other)").Requests.ShouldBe(2_000 - EndpointTable.MostEndpoints);
    }

    [Fact]
    public void A_function_is_no_route_of_the_same_name()
    {
        var table = new EndpointTable();

        table.Of("rebuild", RequestKind.Function).ShouldNotBeSameAs(table.Of("rebuild", RequestKind.Http));
        table.Of("rebuild", RequestKind.Function).IsTraffic.ShouldBeFalse();
    }
}
