using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Testing.Memory;

/// <summary>
/// The memory of a process that never ran: pages that exist once they are written to. Reads that touch a page that does not
/// exist fail whole, as a live read does. Counts its reads, so that costs can be frozen in tests.
/// </summary>
public sealed class FakeMemory : ITargetMemory
{
    private const int PageSize = 4096;

    private readonly SortedDictionary<ulong, byte[]> _pages = [];
    private byte[][] _byNumber = [];

    public long Reads { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>Called with address and length before each read: a test tears memory here, or gives up.</summary>
    public Action<Address, int>? BeforeRead { get; set; }

    /// <summary>Starts of the pages that exist, by address.</summary>
    public IReadOnlyCollection<ulong> Pages => _pages.Keys;

    public bool TryRead(Address address, Span<byte> buffer)
    {
        BeforeRead?.Invoke(address, buffer.Length);
        Reads++;
        BytesRead += buffer.Length;
        for (var done = 0; done < buffer.Length;)
        {
            var at = unchecked(address.Value + (ulong)done);
            if (!_pages.TryGetValue(at & ~(ulong)(PageSize - 1), out var page))
                return false;
            var from = page.AsSpan((int)(at & (PageSize - 1)));
            from = from[..Math.Min(from.Length, buffer.Length - done)];
            from.CopyTo(buffer[done..]);
            done += from.Length;
        }
        return true;
    }

    public void Write(Address address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var to = PageOf(address).AsSpan((int)(address.Value & (PageSize - 1)));
            var length = Math.Min(to.Length, bytes.Length);
            bytes[..length].CopyTo(to);
            bytes = bytes[length..];
            address += length;
        }
    }

    public void Write(Address address, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Write(address, bytes);
    }

    public void Write(Address address, Address value) => Write(address, value.Value);

    public void WriteUInt32(Address address, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Write(address, bytes);
    }

    public void WriteByte(Address address, byte value) => Write(address, [value]);

    /// <summary>UTF-8 with a zero behind it.</summary>
    public void WriteC(Address address, string text)
    {
        Write(address, Encoding.UTF8.GetBytes(text));
        WriteByte(address + Encoding.UTF8.GetByteCount(text), 0);
    }

    /// <summary>Makes every page of a range exist.</summary>
    public void Map(Address start, long length)
    {
        for (var at = 0L; at < length; at += PageSize)
            PageOf(start + at);
    }

    public void Unmap(Address start, long length)
    {
        for (var at = 0L; at < length; at += PageSize)
            _pages.Remove((start + at).Value & ~(ulong)(PageSize - 1));
        _byNumber = [];
    }

    /// <summary>Sets the n-th byte of all that is mapped, counted modulo their number: corruption without knowing what is where.</summary>
    public void Corrupt(ulong position, byte value)
    {
        if (_byNumber.Length != _pages.Count)
            _byNumber = [.. _pages.Values];
        var offset = (long)(position % ((ulong)_byNumber.Length * PageSize));
        _byNumber[offset / PageSize][offset % PageSize] = value;
    }

    private byte[] PageOf(Address address)
    {
        var start = address.Value & ~(ulong)(PageSize - 1);
        if (!_pages.TryGetValue(start, out var page))
            _pages[start] = page = new byte[PageSize];
        return page;
    }
}
