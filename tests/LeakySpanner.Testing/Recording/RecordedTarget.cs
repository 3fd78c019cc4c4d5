using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Testing.Recording;

/// <summary>A process that exists on paper: what a test wrote by hand, or what <see cref="RecordingTarget"/> saw of a live one.</summary>
public sealed class RecordedTarget : ITarget
{
    private readonly List<MappedRegion> regions = [];
    private readonly Dictionary<string, (Address Address, string Image)> symbols = [];

    public RecordedMemory Bytes { get; } = new();

    public ITargetMemory Memory => Bytes;

    public IReadOnlyDictionary<string, (Address Address, string Image)> Symbols => symbols;

    public RecordedTarget AddRegion(MappedRegion region)
    {
        regions.Add(region);
        return this;
    }

    public RecordedTarget AddSymbol(string name, Address address, string image)
    {
        symbols[name] = (address, image);
        return this;
    }

    public IReadOnlyList<MappedRegion> ReadRegions() => regions;

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image)
    {
        var found = symbols.TryGetValue(name, out var symbol);
        (address, image) = found ? symbol : (default, null!);
        return found;
    }
}
