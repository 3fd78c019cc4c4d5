using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;
using LeakySpanner.Testing.Python;

namespace LeakySpanner.Tests.CPython.Census;

/// <summary>The same process as seen where every object comes from the C allocator.</summary>
internal sealed class WithoutArenas(FakePython fake) : ITarget
{
    public ITargetMemory Memory => fake.Memory;

    public IReadOnlyList<MappedRegion> ReadRegions() => [.. fake.ReadRegions().Where(region => region.Path.Length > 0)];

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) => fake.TryFindSymbol(name, out address, out image);
}
