namespace LeakySpanner.Sidecar;

/// <summary>
/// Settings of our own runtime for a process that lives long and does little: by default it lets garbage grow to the size of the
/// processor's cache before it collects. They go by environment, because they hold for the sidecar and for no other command.
/// </summary>
internal static class SmallHeap
{
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_GCgen0size", "0x200000"),
        ("DOTNET_GCConserveMemory", "7"),
        // Compiling a hot method once more, hours later, takes megabytes that are not given back: what is compiled ahead is fast enough.
        ("DOTNET_TieredCompilation", "0"),
        // Each thread of the runtime would get a heap of its own from the C library, and keep it.
        ("MALLOC_ARENA_MAX", "1"),
    ];

    /// <summary>What somebody else has set stays.</summary>
    public static void AddTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Settings)
            environment.TryAdd(name, value);
    }

    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Settings)
        {
            if (environment.TryGetValue(name, out var set) && set == value)
                environment.Remove(name);
        }
    }
}
