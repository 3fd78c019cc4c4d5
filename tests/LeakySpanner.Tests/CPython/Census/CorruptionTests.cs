using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Census;

/// <summary>Memory that is garbage: never an exception of ours, never a loop, never more reads than a bound.</summary>
public sealed class CorruptionTests
{
    private const long MostReads = 20_000;

    [Fact]
    public void Random_bytes_anywhere_do_no_harm() => Check((random, fake) =>
    {
        for (var i = random.Next(1, 3000); i > 0; i--)
            fake.Memory.Corrupt((ulong)random.NextInt64(), (byte)random.Next(256));
    });

    [Fact]
    public void Pointers_to_the_wrong_places_do_no_harm() => Check((random, fake) =>
    {
        var pools = fake.Pools;
        Address[] places = [fake.Runtime, fake.Interpreter, fake.TypeType, fake.ObjectType, fake.DictType, pools[0], pools[^1], new(0), new(ulong.MaxValue)];
        for (var i = random.Next(1, 2000); i > 0; i--)
        {
            var at = random.Next(4) == 0 ? places[random.Next(5)] + (random.Next(110) * 8) : pools[random.Next(pools.Count)] + (random.Next(2048) * 8);
            fake.Memory.Write(at, places[random.Next(places.Length)] + (random.Next(64) * 8));
        }
    });

    [Fact]
    public void Absurd_numbers_do_no_harm() => Check((random, fake) =>
    {
        ulong[] numbers = [ulong.MaxValue, long.MaxValue, 1UL << 63, 1UL << 40, (1UL << 40) - 1, 0xffff_ffff, (1UL << 47) - 8];
        var pools = fake.Pools;
        for (var i = random.Next(1, 2000); i > 0; i--)
            fake.Memory.Write(pools[random.Next(pools.Count)] + (random.Next(2048) * 8), numbers[random.Next(numbers.Length)]);
    });

    [Fact]
    public void Memory_that_goes_away_while_it_is_read_does_no_harm() => Check((random, fake) =>
    {
        var pools = fake.Pools;
        var left = random.Next(1, 60);
        fake.Memory.BeforeRead = (_, _) =>
        {
            if (--left == 0)
                fake.Memory.Unmap(pools[random.Next(pools.Count)], 16384);
        };
    });

    private static void Check(Action<Random, FakePython> corrupt) =>
        Prop.ForAll<int>(seed =>
        {
            var fake = SmallHeap();
            corrupt(new Random(seed), fake);
            var before = fake.Memory.Reads;
            try
            {
                var census = new CensusTaker(PythonProcess.Attach(fake)).Take(TimeSpan.Zero);
                census.Types.Sum(row => row.Count).ShouldBe(census.Coverage.ObjectsSeen);
                census.Types.ShouldAllBe(row => row.Count > 0 && row.Bytes > 0 && row.Name.Length > 0);
                census.LiveBytes.ShouldBeInRange(0, census.ArenaBytes);
            }
            catch (TargetException)
            {
                // Refused as a whole: as good an answer.
            }
            (fake.Memory.Reads - before).ShouldBeLessThan(MostReads);
        }).QuickCheckThrowOnFailure();

    private static FakePython SmallHeap()
    {
        var fake = new FakePython();
        var user = fake.Class("app", "User", sharedKeys: ["id", "name"]);
        for (var i = 0; i < 300; i++)
        {
            fake.Instance(user);
            fake.Dict((fake.Interned("id"), fake.Whole(7)), (fake.Interned("name"), fake.Text(new string('n', i * 3))));
            fake.List([.. Enumerable.Repeat(fake.Real(i), i)]);
            fake.Delete(fake.Tuple(user, user), fake.TupleType);
        }
        fake.Tuple([.. Enumerable.Repeat(fake.Text("t"), 300)]);
        return fake;
    }
}
