using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Findings;
using LeakySpanner.Testing.Simulation;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Attribution;

/// <summary>
/// A small part of the cost benchmark, on a seed that nothing was tuned on. The same services every time, so the bounds are near what
/// was counted; benchmarks/RESULTS.md has the figures of thousands.
/// </summary>
public sealed class SimulatedRequestsTests
{
    private const int Seed = 42;
    private const int Services = 150;

    private static readonly Lazy<List<(double Leaves, RouteCost Cost)>> Routes = new(() =>
        [.. Enumerable.Range(0, Services).AsParallel().AsOrdered().SelectMany(index => Fit(RequestSource.Draw(Seed, index)))]);

    [Fact]
    public void Nineteen_of_twenty_intervals_hold_what_requests_leave()
    {
        Routes.Value.Count.ShouldBeGreaterThan(500);
        Routes.Value.Count(route => route.Leaves >= route.Cost.Low && route.Leaves <= route.Cost.High).ShouldBeGreaterThan(Routes.Value.Count * 95 / 100);
    }

    [Fact]
    public void Hardly_any_innocent_route_is_accused()
    {
        var innocent = Routes.Value.Where(route => route.Leaves == 0).ToList();

        innocent.Count(route => route.Cost.IsLeaking).ShouldBeLessThanOrEqualTo(innocent.Count * 25 / 1000);
    }

    [Fact]
    public void Estimates_are_not_negative_and_lie_in_their_intervals() => Routes.Value.ShouldAllBe(route =>
        route.Cost.BytesPerRequest >= 0 && route.Cost.Low <= route.Cost.BytesPerRequest && route.Cost.BytesPerRequest <= route.Cost.High);

    [Theory]
    [InlineData(200)]
    [InlineData(1500)]
    public void Four_kilobytes_a_request_are_found_within_a_minute(double rate)
    {
        const int services = 40;
        var fits = Enumerable.Range(0, services).AsParallel().Select(index => Fit(RequestSource.FourKilobytes(rate, (Seed * 1000) + index)).ToList()).ToList();

        fits.Count(routes => routes.Single(route => route.Leaves > 0).Cost.IsLeaking).ShouldBeGreaterThanOrEqualTo(services * 9 / 10);
        fits.Count(routes => routes.Single(route => route.Leaves == 0).Cost.IsLeaking).ShouldBeLessThanOrEqualTo(services * 5 / 100);
    }

    private static IEnumerable<(double Leaves, RouteCost Cost)> Fit(SimulatedRequests service) =>
        RequestRegression.Fit(service.Memory.AsSpan(), service.Traffic).Routes
            .Where(cost => service.Traffic.Routes.Contains(cost.Route))
            .Select(cost => (service.Leaves[service.Traffic.Routes.IndexOf(cost.Route)], cost));
}
