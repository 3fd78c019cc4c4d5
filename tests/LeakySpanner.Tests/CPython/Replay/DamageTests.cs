using System.Globalization;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>
/// A real process whose memory is garbage in parts: all that is done with it ends, without an exception other than a refusal
/// to attach, within bounds of reads and memory. A failure names its seed.
/// </summary>
public sealed class DamageTests
{
    /// <summary>Of each kind, unless LEAKYSPANNER_DAMAGE_SEEDS asks for more.</summary>
    private const int Seeds = 3;

    /// <summary>How much more may be read and allocated than of the sound process: garbage is looked at more than once.</summary>
    private const int MoreReads = 8;
    private const int MoreBytes = 3;

    private static ReadOnlySpan<ulong> AbsurdNumbers =>
        [ulong.MaxValue, long.MaxValue, 1UL << 63, 1UL << 40, (1UL << 40) - 1, uint.MaxValue, int.MaxValue, (1UL << 47) - 8, 1UL << 60, 0xffff_ffff_0000_0000];

    [Fact]
    public void Random_bytes_anywhere_do_no_harm() => Survives((random, place, target) =>
    {
        for (var i = random.Next(1, 20_000); i > 0; i--)
            target.Write(place.Anywhere(random), [(byte)random.Next(256)]);
    });

    [Fact]
    public void Random_words_in_place_of_words_do_no_harm() => Survives((random, place, target) =>
    {
        for (var i = random.Next(1, 20_000); i > 0; i--)
            target.Write(place.AnyWord(random), random.Next(3) == 0 ? 0 : (ulong)random.NextInt64());
    });

    [Fact]
    public void References_to_the_wrong_objects_do_no_harm() => Survives((random, place, target) =>
    {
        for (var i = random.Next(1, 20_000); i > 0; i--)
            target.Write(place.AnyWord(random), (place.Object(random) + (random.Next(4) == 0 ? 8 * random.Next(-8, 9) : 0)).Value);
    });

    [Fact]
    public void Absurd_numbers_do_no_harm() => Survives((random, place, target) =>
    {
        for (var i = random.Next(1, 20_000); i > 0; i--)
            target.Write(place.AnyWord(random), AbsurdNumbers[random.Next(AbsurdNumbers.Length)]);
    });

    [Fact]
    public void Memory_that_went_away_does_no_harm() => Survives((random, place, target) =>
    {
        for (var i = random.Next(1, 400); i > 0; i--)
            target.Drop(place.Anywhere(random));
    });

    [Fact]
    public void Pools_of_random_bytes_do_no_harm_and_are_counted() => Survives(
        (random, place, target) =>
        {
            var bytes = new byte[place.PoolBytes];
            foreach (var pool in place.Pools.Where(_ => random.Next(4) == 0))
            {
                random.NextBytes(bytes);
                target.Write(pool, bytes);
            }
        },
        faults => faults.Keys.ShouldContain("pool header inconsistent"));

    [Fact]
    public void Blocks_of_random_bytes_behind_sound_headers_do_no_harm_and_are_counted() => Survives(
        (random, place, target) =>
        {
            var header = ReplayedPython.Sound.Python.Layout.Pool.HeaderSize;
            var bytes = new byte[place.PoolBytes - header];
            foreach (var pool in place.Pools.Where(_ => random.Next(4) == 0))
            {
                random.NextBytes(bytes);
                target.Write(pool + header, bytes);
            }
        },
        faults => faults.Keys.ShouldContain(Faults.EdgeToNothing));

    [Fact]
    public void Free_lists_in_a_circle_do_no_harm_and_are_counted() => Survives(
        (random, place, target) =>
        {
            var layout = ReplayedPython.Sound.Python.Layout.Pool;
            foreach (var pool in place.Pools.Where(_ => random.Next(2) == 0))
            {
                var block = target.WordAt(pool + layout.FreeBlock);
                if (block == 0)
                    continue;
                var other = random.Next(2) == 0 ? block : pool.Value + (ulong)(layout.HeaderSize + (16 * random.Next(900)));
                target.Write(new Address(block), other);
                target.Write(new Address(other), block);
            }
        },
        faults => faults.Keys.ShouldContain("pool torn"));

    [Fact]
    public void Absurd_lengths_of_objects_do_no_harm_and_are_counted() => Survives(
        (random, place, target) =>
        {
            foreach (var node in place.Nodes(ObjectKind.Sequence, ObjectKind.Mapping, ObjectKind.Set, ObjectKind.Queue, ObjectKind.Text, ObjectKind.Binary, ObjectKind.Number, ObjectKind.Code, ObjectKind.Type))
            {
                if (random.Next(6) == 0)
                    target.Write(node + (random.Next(5) switch { 0 => 24, 1 => 32, _ => 16 }), AbsurdNumbers[random.Next(AbsurdNumbers.Length)]);
            }
        },
        faults => faults.Values.Sum().ShouldBeGreaterThan(100));

    [Fact]
    public void Types_whose_names_are_no_text_do_no_harm() => Survives((random, place, target) =>
    {
        var layout = ReplayedPython.Sound.Python.Layout.Type;
        var noise = new byte[12];
        foreach (var type in place.Nodes(ObjectKind.Type))
        {
            random.NextBytes(noise);
            switch (random.Next(60))
            {
                case 0:
                    target.Write(new Address(target.WordAt(type + layout.Name)), noise);
                    break;
                case 1:
                    target.Write(type + layout.Name, place.Anywhere(random).Value);
                    break;
                case 2:
                    target.Write(new Address(target.WordAt(type + layout.HeapQualifiedName)) + 16, noise);
                    break;
                case 3:
                    target.Write(type + layout.HeapQualifiedName, place.Object(random).Value);
                    break;
                default:
                    break;
            }
        }
    });

    [Fact]
    public void Types_that_say_nonsense_of_their_instances_do_no_harm() => Survives((random, place, target) =>
    {
        var layout = ReplayedPython.Sound.Python.Layout.Type;
        int[] sizes = [layout.BasicSize, layout.ItemSize, layout.DictOffset, layout.WeakListOffset];
        int[] references = [layout.Members, layout.Base, layout.Dict, layout.HeapCachedKeys, layout.Mro, layout.Subclasses];
        foreach (var type in place.Nodes(ObjectKind.Type))
        {
            switch (random.Next(10))
            {
                case 0:
                    target.Write(type + sizes[random.Next(sizes.Length)], (ulong)random.Next(-4096, 1 << 20));
                    break;
                case 1:
                    target.Write(type + references[random.Next(references.Length)], place.Object(random).Value);
                    break;
                case 2:
                    target.Write(type + layout.Flags, target.WordAt(type + layout.Flags) ^ (1UL << random.Next(32)));
                    break;
                default:
                    break;
            }
        }
    });

    private static void Survives(Action<Random, DamagePlaces, DamagedTarget> damage, Action<IReadOnlyDictionary<string, long>>? faults = null)
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("LEAKYSPANNER_DAMAGE_SEEDS"), CultureInfo.InvariantCulture, out var more) ? more : Seeds;
        var attached = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var target = new DamagedTarget(ReplayedPython.Sound.Recorded);
            damage(new Random(seed), DamagePlaces.Sound, target);
            try
            {
                var seen = Use(target);
                attached++;
                faults?.Invoke(seen);
            }
            catch (Exception failure) when (failure is not TargetException)
            {
                throw new InvalidOperationException($"seed {seed}: {failure.Message}", failure);
            }
            catch (TargetException)
            {
                // Refused as a whole: as good an answer.
            }
        }

        attached.ShouldBeGreaterThan(0, "every process was refused, so that nothing was tried");
    }

    /// <summary>Everything that a diagnosis does with a process; what it counted as not believed.</summary>
    private static Dictionary<string, long> Use(DamagedTarget target)
    {
        var sound = ReplayedPython.Sound;
        var python = PythonProcess.Attach(target);
        var census = Bounded(target, sound.CensusReads, sound.WalkAllocatedBytes, () => Take(python));
        census.Types.Sum(row => row.Count).ShouldBe(census.Coverage.ObjectsSeen);
        census.LiveBytes.ShouldBeInRange(0, census.ArenaBytes);

        var snapshot = Bounded(target, sound.WalkReads, sound.WalkAllocatedBytes, () => Walk(python));
        var graph = snapshot.Graph;
        var tree = DominatorTree.Compute(graph);
        var paths = RootPaths.Compute(graph);
        for (var i = 0; i < graph.NodeCount; i++)
        {
            var node = new NodeId(i);
            tree.RetainedSize(node).ShouldBeGreaterThanOrEqualTo(graph.SizeOf(node));
            if (i % 37 == 0)
                paths.PathTo(node);
        }

        HeapGrowth.Between(HeapBaseline.Of(sound.Snapshot, RootPaths.Compute(sound.Graph)), snapshot, paths);
        var sites = new SiteFinder(new ProgramIndex(graph));
        foreach (var container in Enumerable.Range(0, graph.NodeCount).Select(i => new NodeId(i)).OrderByDescending(graph.LengthOf).Take(4))
            sites.Find(container);
        return census.Coverage.Faults.Concat(graph.Coverage.Faults).GroupBy(fault => fault.Key, fault => fault.Value, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Sum(), StringComparer.Ordinal);
    }

    private static HeapCensus Take(PythonProcess python) => new CensusTaker(python).Take(TimeSpan.Zero);

    private static HeapSnapshot Walk(PythonProcess python) => new HeapWalker(python).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero);

    private static T Bounded<T>(DamagedTarget target, long reads, long bytes, Func<T> use)
    {
        var (readBefore, allocatedBefore) = (target.Reads, GC.GetAllocatedBytesForCurrentThread());
        var result = use();
        (GC.GetAllocatedBytesForCurrentThread() - allocatedBefore).ShouldBeLessThan(bytes * MoreBytes);
        (target.Reads - readBefore).ShouldBeLessThan(reads * MoreReads);
        return result;
    }
}
