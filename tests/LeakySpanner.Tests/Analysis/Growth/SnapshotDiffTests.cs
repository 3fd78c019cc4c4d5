using LeakySpanner.Analysis.Growth;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Growth;

public sealed class SnapshotDiffTests
{
    [Fact]
    public void Types_that_grew_and_shrank_are_listed_by_the_size_of_the_change()
    {
        var heap = new HeapSketch();
        var cache = heap.Module("app").Dict("cache").WithTexts(100);
        var jobs = heap.Module("app").List("jobs").With(heap.NewInstance("app.Job"), heap.NewInstance("app.Job"));
        var before = heap.Snapshot();
        cache.WithTexts(50);
        jobs.Drop(1);

        var diff = SnapshotDiff.Between(before, heap.Snapshot());

        diff.Types[0].Name.ShouldBe("str");
        diff.Types[0].ObjectsChange.ShouldBe(100);
        diff.Types[0].BytesChange.ShouldBe(50 * (1049 + 58));
        diff.Types.Single(type => type.Name == "app.Job").ObjectsChange.ShouldBe(-1);
        diff.Types.ShouldNotContain(type => type.Name == "module");
        diff.Growth!.Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.cache");
    }

    [Fact]
    public void Snapshots_of_different_processes_are_compared_by_type_only()
    {
        var first = new HeapSketch();
        first.Module("app").List("items").WithTexts(100);
        var second = new HeapSketch { FirstAddress = 0x5555_0000_0000 };
        second.Module("app").List("items").WithTexts(300);

        var diff = SnapshotDiff.Between(first.Snapshot(), second.Snapshot());

        diff.Growth.ShouldBeNull();
        diff.SharedObjects.ShouldBe(0);
        diff.Types[0].ObjectsChange.ShouldBe(200);
    }
}
