using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Growth;

public sealed class CensusGrowthTests
{
    private static readonly Address Cache = new(0x1000);
    private static readonly Address Late = new(0x2000);

    [Fact]
    public void Types_and_containers_that_grew_the_most_come_first()
    {
        var growth = new CensusGrowth(Census([new("str", 10, 500), new("User", 1, 48), new("int", 5, 140)], [new(Cache, "dict", 100)]));
        growth.Add(Census([new("str", 15, 750), new("User", 2, 96), new("int", 5, 140)], [new(Cache, "dict", 130)]));

        var (types, containers) = growth.Add(Census([new("str", 12, 600), new("User", 9, 432), new("int", 4, 112)], [new(Cache, "dict", 150)]));

        types.ShouldBe([new("User", 9, 432, 8, 384, 7), new("str", 12, 600, 2, 100, -3)]);
        containers.ShouldBe([new(Cache, "dict", 150, 50, 20)]);
    }

    [Fact]
    public void A_container_counts_from_when_it_was_first_listed()
    {
        var growth = new CensusGrowth(Census([], []));
        growth.Add(Census([], [new(Late, "list", 1000)])).Containers.ShouldBeEmpty();

        growth.Add(Census([], [new(Late, "list", 1100)])).Containers.ShouldBe([new(Late, "list", 1100, 100, 100)]);
    }

    [Fact]
    public void Another_kind_of_container_at_the_same_address_is_another_container()
    {
        var growth = new CensusGrowth(Census([], [new(Cache, "dict", 10)]));

        growth.Add(Census([], [new(Cache, "list", 500)])).Containers.ShouldBeEmpty();
    }

    [Fact]
    public void A_type_that_was_not_there_before_grew_from_nothing()
    {
        var growth = new CensusGrowth(Census([], []));

        growth.Add(Census([new("User", 3, 144)], [])).Types.ShouldBe([new("User", 3, 144, 3, 144, 3)]);
    }

    private static HeapCensus Census(TypeCount[] types, ContainerLength[] containers) =>
        new(TimeSpan.Zero, [.. types], [.. containers], 0, 0, null, Coverage.None);
}
