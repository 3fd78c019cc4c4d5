using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Walk;

/// <summary>A walk over garbage: never an exception of ours, never a loop, never more reads or edges than a bound.</summary>
public sealed class CorruptionTests
{
    private const long MostReads = 60_000;
    private const int MostEdges = 4_000_000;

    [Fact]
    public void Random_bytes_anywhere_do_no_harm() => Check((random, fake) =>
    {
        for (var i = random.Next(1, 3000); i > 0; i--)
            fake.Memory.Corrupt((ulong)random.NextInt64(), (byte)random.Next(256));
    });

    [Fact]
    public void References_to_the_wrong_places_do_no_harm() => Check((random, fake) =>
    {
        var pools = fake.Pools;
        Address[] places = [fake.Runtime, fake.Interpreter, fake.Thread, fake.TypeType, fake.ObjectType, fake.DictType, fake.ListType, pools[0], pools[^1], new(0), new(ulong.MaxValue)];
        for (var i = random.Next(1, 2000); i > 0; i--)
        {
            var at = random.Next(4) == 0 ? places[random.Next(7)] + (random.Next(110) * 8) : pools[random.Next(pools.Count)] + (random.Next(2048) * 8);
            fake.Memory.Write(at, places[random.Next(places.Length)] + (random.Next(64) * 8));
        }
    });

    [Fact]
    public void Absurd_numbers_do_no_harm() => Check((random, fake) =>
    {
        ulong[] numbers = [ulong.MaxValue, long.MaxValue, 1UL << 63, 1UL << 40, (1UL << 40) - 1, 0xffff_ffff, (1UL << 47) - 8, 30, 64, 1000];
        var pools = fake.Pools;
        for (var i = random.Next(1, 2000); i > 0; i--)
            fake.Memory.Write(pools[random.Next(pools.Count)] + (random.Next(2048) * 8), numbers[random.Next(numbers.Length)]);
    });

    [Fact]
    public void Memory_that_changes_or_goes_while_it_is_read_does_no_harm() => Check((random, fake) =>
    {
        var pools = fake.Pools;
        fake.Memory.BeforeRead = (_, _) =>
        {
            if (random.Next(10) == 0)
                fake.Memory.Write(pools[random.Next(pools.Count)] + (random.Next(2048) * 8), pools[random.Next(pools.Count)] + (random.Next(2048) * 8));
            if (random.Next(100) == 0)
                fake.Memory.Unmap(pools[random.Next(pools.Count)], 4096);
        };
    });

    private static void Check(Action<Random, FakePython> corrupt) =>
        Prop.ForAll<int>(seed =>
        {
            var fake = HeapWalkerTests.Sample(60);
            corrupt(new Random(seed), fake);
            var before = fake.Memory.Reads;
            HeapGraph graph;
            try
            {
                graph = new HeapWalker(PythonProcess.Attach(fake)).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero).Graph;
            }
            catch (TargetException failure)
            {
                failure.Failure.ShouldBeOneOf(TargetFailure.NotPython, TargetFailure.NotSupported);
                return;
            }

            (fake.Memory.Reads - before).ShouldBeLessThan(MostReads);
            graph.EdgeCount.ShouldBeLessThan(MostEdges);
            for (var node = 0; node < graph.NodeCount; node++)
            {
                graph.SizeOf(new NodeId(node)).ShouldBeGreaterThanOrEqualTo(0);
                graph.TypeOf(new NodeId(node)).Name.ShouldNotBeEmpty();
            }
        }).QuickCheckThrowOnFailure();
}
