using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// One worker's view of the target: what is read stays for a while, in pages of 16 KB, because what was allocated together
/// lies together. 4 MB, which a core's cache holds. A page may be older than the last look at a neighbour; whoever uses the
/// bytes verifies them anyway. Not for use by several threads.
/// </summary>
internal sealed class PageWindow(ITargetMemory memory)
{
    private const int PageShift = 14;
    private const int PageSize = 1 << PageShift;
    private const int Pages = 256;
    private const int PieceShift = 12;
    private const int PieceSize = 1 << PieceShift;
    private const int PiecesPerPage = PageSize / PieceSize;
    private const byte AllPieces = (1 << PiecesPerPage) - 1;

    private readonly byte[] _bytes = new byte[Pages * PageSize];
    private readonly ulong[] _tags = new ulong[Pages];
    private readonly byte[] _pieces = new byte[Pages];
    private readonly byte[] _joined = new byte[2 * PageSize];

    /// <summary>Reads of the target so far: what a walk costs, in a unit that does not flicker.</summary>
    public long Reads { get; private set; }

    public ITargetMemory Memory => memory;

    public void Forget() => Array.Clear(_tags);

    /// <summary>Reads the page of an address anew when it is next asked for.</summary>
    public void Forget(ulong address)
    {
        ref var tag = ref _tags[SlotOf(address >> PageShift)];
        if (tag == (address >> PageShift) + 1)
            tag = 0;
    }

    /// <summary>At most 16 KB from the address; valid until the next call.</summary>
    public bool TryView(ulong address, int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length is < 0 or > PageSize || address + (ulong)length < address)
            return false;
        var within = (int)(address & (PageSize - 1));
        if (within + length <= PageSize)
        {
            if (!TryPage(address >> PageShift, within, length, out var slot))
                return false;
            bytes = _bytes.AsSpan((slot * PageSize) + within, length);
            return true;
        }

        var first = PageSize - within;
        if (!TryPage(address >> PageShift, within, first, out var low))
            return false;
        _bytes.AsSpan((low * PageSize) + within, first).CopyTo(_joined);
        if (!TryPage((address >> PageShift) + 1, 0, length - first, out var high))
            return false;
        _bytes.AsSpan(high * PageSize, length - first).CopyTo(_joined.AsSpan(first));
        bytes = _joined.AsSpan(0, length);
        return true;
    }

    public bool TryWord(ulong address, out ulong word)
    {
        var read = TryView(address, sizeof(ulong), out var bytes);
        word = read ? BitConverter.ToUInt64(bytes) : 0;
        return read;
    }

    /// <summary>Past the window, for what is read once and in order.</summary>
    public bool TryRead(ulong address, Span<byte> buffer)
    {
        Reads++;
        return memory.TryRead(new Address(address), buffer);
    }

    private static int SlotOf(ulong page) => (int)((page * 0x9E3779B97F4A7C15UL) >> 56);

    /// <summary>Makes sure of a range inside one page. Where a whole page cannot be read, the 4 KB pieces that are asked for are.</summary>
    private bool TryPage(ulong page, int from, int length, out int slot)
    {
        slot = SlotOf(page);
        var tag = page + 1;
        if (_tags[slot] != tag)
        {
            Reads++;
            _tags[slot] = tag;
            _pieces[slot] = memory.TryRead(new Address(page << PageShift), _bytes.AsSpan(slot * PageSize, PageSize)) ? AllPieces : (byte)0;
        }

        if (_pieces[slot] == AllPieces)
            return true;
        var last = Math.Max(from + length - 1, from) >> PieceShift;
        for (var piece = from >> PieceShift; piece <= last; piece++)
        {
            if ((_pieces[slot] & (1 << piece)) != 0)
                continue;
            Reads++;
            var start = piece << PieceShift;
            if (!memory.TryRead(new Address((page << PageShift) + (ulong)start), _bytes.AsSpan((slot * PageSize) + start, PieceSize)))
                return false;
            _pieces[slot] |= (byte)(1 << piece);
        }

        return true;
    }
}
