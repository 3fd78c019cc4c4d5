using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Census;

public sealed class EveryLayoutTests
{
    public static TheoryData<string> Versions { get; } = [.. SupportedLayouts.All.Select(layout => layout.Version.ToString())];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_census_and_a_walk_of_every_version_see_the_same_objects(string version)
    {
        var fake = new FakePython(SupportedLayouts.Find(Version.Parse(version))!) { ImageName = $"/usr/bin/python{version}" };
        var entries = Enumerable.Range(0, 40).Select(i => (fake.Text($"key {i}"), fake.Real(i))).ToArray();
        var dict = fake.Dict(entries);
        var number = fake.Whole(7);
        var tuple = fake.Tuple([dict, number]);

        var census = new CensusTaker(PythonProcess.Attach(fake)).Take(TimeSpan.Zero);
        var heap = WalkedHeap.Of(fake);

        census.Coverage.Faults.ShouldBeEmpty();
        heap.Graph.Coverage.Faults.ShouldBeEmpty();
        census.Types.Single(row => row.Name == "float").Count.ShouldBe(40);
        census.Containers.ShouldContain(row => row.Address == dict && row.Length == 40);
        heap.Tail(dict).ShouldBe(entries.SelectMany(entry => new[] { entry.Item1, entry.Item2 }));
        heap.Tail(tuple).ShouldBe([dict, number]);
        heap.Size(number).ShouldBe(28);
    }

    [Fact]
    public void Collections_of_3_15_are_counted_by_the_newest_item_of_each_ring()
    {
        var fake = new FakePython(Python315.Layout) { ImageName = "/usr/bin/python3.15" };
        var rings = fake.Layout.Collector.Rings!;
        var stats = fake.InNative(rings.YoungSize + (2 * rings.OldSize));
        fake.Memory.Write(fake.Interpreter + fake.Layout.Interpreter.Collector + fake.Layout.Collector.Stats, stats);
        fake.Memory.WriteByte(stats + rings.YoungIndex, 4);
        fake.Memory.Write(stats + (4 * rings.ItemSize) + rings.ItemCollections, 31UL);
        fake.Memory.WriteByte(stats + rings.YoungSize + rings.OldSize + rings.OldIndex, 2);
        fake.Memory.Write(stats + rings.YoungSize + rings.OldSize + (2 * rings.ItemSize) + rings.ItemCollections, 5UL);

        CollectorReader.Read(PythonProcess.Attach(fake))!.Collections.ShouldBe([31, 0, 5]);

        fake.Memory.WriteByte(stats + rings.YoungIndex, 11);
        CollectorReader.Read(PythonProcess.Attach(fake)).ShouldBeNull();
    }
}
