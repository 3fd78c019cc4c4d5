namespace LeakySpanner.Target.Malloc;

/// <summary>Bounds on walks over the C allocator's headers, which any overrun of the process may have rewritten.</summary>
public static class MallocLimits
{
    /// <summary>Chunks visited in one walk of all heaps; each is 16 bytes at least, 32 in a sound heap.</summary>
    public const long MaxChunks = 1L << 30;

    /// <summary>Pages whose first words are compared with the headers of heaps and of chunks that were mapped singly.</summary>
    public const int MaxPagesProbed = 1 << 20;

    public const int MaxHeaps = 1 << 16;
}
