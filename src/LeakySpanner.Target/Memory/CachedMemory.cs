using System.Numerics;
using System.Runtime.CompilerServices;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Memory;

/// <summary>
/// Remembers pieces of another memory for readers that jump about. Each piece has four places it may be in, so that a hit
/// costs a few compares, and the size never grows; the piece read last is tried first, as readers take several fields of
/// one object. Not safe for two threads; give each its own. What it remembers ages with the target:
/// <see cref="Invalidate"/> between walks.
/// </summary>
public sealed class CachedMemory : ITargetMemory
{
    private const ulong NoPiece = ulong.MaxValue;
    private const int Ways = 4;

    private readonly ITargetMemory source;
    private readonly byte[] bytes;
    private readonly ulong[] pieceNumbers;
    private readonly int pieceShift;
    private readonly int pieceBytes;
    private readonly int hashShift;
    private ulong lastNumber = NoPiece;
    private int lastSlot;
    private int victim;

    /// <param name="source">Where misses are read.</param>
    /// <param name="pieceBytes">A power of two of at most the page size, so that a piece is readable as a whole or not at all.</param>
    /// <param name="totalBytes">A power of two; what the cache occupies.</param>
    public CachedMemory(ITargetMemory source, int pieceBytes = 4096, int totalBytes = 16 * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pieceBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(pieceBytes, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalBytes, pieceBytes * Ways * 2);
        if (!BitOperations.IsPow2(pieceBytes) || !BitOperations.IsPow2(totalBytes))
            throw new ArgumentException("sizes of the cache are powers of two");

        this.source = source;
        this.pieceBytes = pieceBytes;
        pieceShift = BitOperations.Log2((uint)pieceBytes);
        var pieces = totalBytes / pieceBytes;
        hashShift = 64 - BitOperations.Log2((uint)(pieces / Ways));
        bytes = GC.AllocateUninitializedArray<byte>(totalBytes);
        pieceNumbers = new ulong[pieces];
        pieceNumbers.AsSpan().Fill(NoPiece);
    }

    /// <summary>Reads passed on to the source so far: system calls, in a live process.</summary>
    public long SourceReads { get; private set; }

    /// <summary>Forgets everything, so that the next reads see the target as it is then.</summary>
    public void Invalidate()
    {
        pieceNumbers.AsSpan().Fill(NoPiece);
        lastNumber = NoPiece;
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        if (TryGetSpan(address, buffer.Length, out var span))
        {
            span.CopyTo(buffer);
            return true;
        }

        return TryReadAcross(address, buffer);
    }

    /// <summary>
    /// Bytes in place, without a copy, if they lie within one piece and can be read; valid until the next call of any
    /// method here. Else read with <see cref="TryRead"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetSpan(Address address, int length, out ReadOnlySpan<byte> span)
    {
        var offset = (int)(address.Value & (ulong)(pieceBytes - 1));
        if (length <= pieceBytes - offset)
        {
            var number = address.Value >> pieceShift;
            if (number == lastNumber || TryFind(number))
            {
                span = bytes.AsSpan((lastSlot << pieceShift) + offset, length);
                return true;
            }
        }

        span = default;
        return false;
    }

    /// <summary>Makes a piece the last one. If all its places are taken, they are replaced in turn.</summary>
    private bool TryFind(ulong number)
    {
        // By the golden ratio, or the arenas of a heap, aligned alike, would all compete for a few places.
        var first = (int)(unchecked(number * 0x9e3779b97f4a7c15) >> hashShift) * Ways;
        var free = -1;
        for (var slot = first; slot < first + Ways; slot++)
        {
            if (pieceNumbers[slot] == number)
            {
                lastNumber = number;
                lastSlot = slot;
                return true;
            }

            if (pieceNumbers[slot] == NoPiece)
                free = slot;
        }

        return TryFill(free >= 0 ? free : first + (victim++ & (Ways - 1)), number);
    }

    private bool TryFill(int slot, ulong number)
    {
        pieceNumbers[slot] = NoPiece;
        lastNumber = NoPiece;
        SourceReads++;
        if (!source.TryRead(new Address(number << pieceShift), bytes.AsSpan(slot << pieceShift, pieceBytes)))
            return false;
        pieceNumbers[slot] = number;
        lastNumber = number;
        lastSlot = slot;
        return true;
    }

    /// <summary>
    /// Long reads would only wash the cache out and go past it, as does what lies in a piece that cannot be read whole
    /// (the edge of a recording).
    /// </summary>
    private bool TryReadAcross(Address address, Span<byte> buffer)
    {
        if (buffer.Length > pieceBytes * 2)
            return TryReadSource(address, buffer);

        while (!buffer.IsEmpty)
        {
            var length = Math.Min(buffer.Length, pieceBytes - (int)(address.Value & (ulong)(pieceBytes - 1)));
            if (TryGetSpan(address, length, out var span))
                span.CopyTo(buffer);
            else if (!TryReadSource(address, buffer[..length]))
                return false;
            buffer = buffer[length..];
            address += length;
        }

        return true;
    }

    private bool TryReadSource(Address address, Span<byte> buffer)
    {
        SourceReads++;
        return source.TryRead(address, buffer);
    }
}
