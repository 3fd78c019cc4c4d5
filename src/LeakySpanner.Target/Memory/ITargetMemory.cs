using LeakySpanner.Model;

namespace LeakySpanner.Target.Memory;

/// <summary>The one seam for bytes of the observed process: live, cached or recorded.</summary>
public interface ITargetMemory
{
    /// <summary>
    /// Fills the whole buffer from the address, or returns false and leaves the buffer undefined. A failed read is never
    /// zeroes, and never an exception.
    /// </summary>
    bool TryRead(Address address, Span<byte> buffer);
}
