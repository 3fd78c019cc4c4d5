using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Testing.Fuzzing;

/// <summary>A recorded process of which some reads come out wrong, each time differently. What happens depends on the seed alone.</summary>
public sealed class FuzzedTarget : ITarget, ITargetMemory
{
    private const int MostMutationsOfOneRead = 48;

    /// <summary>Of wrong reads, one in so many fails altogether.</summary>
    private const int FailedReads = 12;

    private readonly RecordedTarget _sound;
    private readonly Random _random;
    private readonly (ulong Start, int Length)[] _ranges;
    private readonly long _mostReads;
    private readonly int _oneIn;

    /// <param name="sound">The recording; it stays as it is.</param>
    /// <param name="seed">Of everything that is random.</param>
    /// <param name="mostReads">A reader that reads more often than this runs in circles.</param>
    public FuzzedTarget(RecordedTarget sound, int seed, long mostReads)
    {
        (_sound, _random, _mostReads) = (sound, new Random(seed), mostReads);
        _ranges = [.. sound.Bytes.Ranges.Select(range => (range.Start.Value, range.Bytes.Length))];
        _oneIn = 1 << _random.Next(7);
    }

    public ITargetMemory Memory => this;

    /// <summary>Reads are sound until this is set.</summary>
    public bool IsWrong { get; set; }

    public long Reads { get; private set; }

    /// <summary>Reads that came out wrong.</summary>
    public long MutatedReads { get; private set; }

    public IReadOnlyList<MappedRegion> ReadRegions() => _sound.ReadRegions();

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) => _sound.TryFindSymbol(name, out address, out image);

    /// <exception cref="InvalidOperationException">More reads than the bound.</exception>
    public bool TryRead(Address address, Span<byte> buffer)
    {
        if (++Reads > _mostReads)
            throw new InvalidOperationException($"more than {_mostReads} reads");
        if (!_sound.Bytes.TryRead(address, buffer))
            return false;
        if (!IsWrong || buffer.IsEmpty || _random.Next(_oneIn) != 0)
            return true;
        MutatedReads++;
        if (_random.Next(FailedReads) == 0)
            return false;
        for (var left = 1 + _random.Next(Math.Min(MostMutationsOfOneRead, 1 + (buffer.Length / 64))); left > 0; left--)
            Mutation.Apply(_random, buffer, Reference);
        return true;
    }

    private ulong Reference()
    {
        var (start, length) = _ranges[_random.Next(_ranges.Length)];
        return start + (ulong)(_random.Next(length) & ~15);
    }
}
