namespace LeakySpanner.Model.Usage;

/// <summary>Where the runtime's own memory is, as far as a walk of its heap can tell.</summary>
/// <param name="ArenaLiveBytes">Objects and buffers inside arenas.</param>
/// <param name="ArenaFreeBytes">Free blocks, free pools and headers inside arenas (resident or not).</param>
/// <param name="LargeBytes">Objects and buffers over the small-object limit, which the C allocator holds.</param>
public readonly record struct HeapUsage(long ArenaLiveBytes, long ArenaFreeBytes, long LargeBytes);
