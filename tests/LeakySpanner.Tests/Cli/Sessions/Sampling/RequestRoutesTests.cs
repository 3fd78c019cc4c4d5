using LeakySpanner.Sessions.Sampling;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions.Sampling;

public sealed class RequestRoutesTests
{
    private const int Recent = 1 << 16;

    private readonly RequestRoutes _routes = new();

    [Fact]
    public void A_request_is_known_once_it_has_ended()
    {
        _routes.Find(5).ShouldBe(-1);
        _routes.Finished(5, 3);
        _routes.Find(5).ShouldBe(3);
        _routes.Find(0).ShouldBe(-1);
    }

    /// <summary>A record has room for half a number; the agent has all of it.</summary>
    [Fact]
    public void The_upper_half_of_a_number_does_not_matter()
    {
        _routes.Finished(7, 2);
        _routes.Find((9UL << 32) | 7).ShouldBe(2);
    }

    [Fact]
    public void What_ended_long_ago_is_forgotten_unless_samples_are_alive()
    {
        _routes.Finished(1, 1);
        _routes.Finished(2, 2);
        _routes.Find(1).ShouldBe(1);
        _routes.EndRound();
        for (var number = 3u; number < Recent + 3; number++)
            _routes.Finished(number, 9);

        _routes.Find(1).ShouldBe(1);
        _routes.Find(2).ShouldBe(-1);
        _routes.Find(Recent + 1).ShouldBe(9);
    }

    /// <summary>Every request leaves a sample that is freed by the next reading: memory stays bounded, and the newest are still known.</summary>
    [Fact]
    public void Requests_without_live_samples_make_room()
    {
        for (var round = 0u; round < 40; round++)
        {
            for (var number = 1u; number <= 4000; number++)
                _routes.Finished((round * 4000) + number, 4);
            for (var number = 1u; number <= 4000; number++)
                _routes.Find((round * 4000) + number).ShouldBe(4);
            _routes.EndRound();
        }

        _routes.Finished(1_000_000, 6);
        _routes.Find(1_000_000).ShouldBe(6);
        _routes.EndRound();
        for (var number = 1_000_001u; number <= 1_000_000 + Recent; number++)
            _routes.Finished(number, 1);
        _routes.Find(1_000_000).ShouldBe(6);
    }
}
