using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Testing.Recording;

/// <summary>A recorded process whose memory is written over or goes away here; the recording itself stays as it is.</summary>
public sealed class DamagedTarget(RecordedTarget sound) : ITarget, ITargetMemory
{
    private const int PageBytes = 4096;

    /// <summary>Pages that differ; null for one that is gone.</summary>
    private readonly Dictionary<ulong, byte[]?> _pages = [];

    public ITargetMemory Memory => this;

    public long Reads { get; private set; }

    public IReadOnlyList<MappedRegion> ReadRegions() => sound.ReadRegions();

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) =>
        sound.TryFindSymbol(name, out address, out image);

    public bool TryRead(Address address, Span<byte> buffer)
    {
        Reads++;
        return TryCopy(address, buffer);
    }

    /// <summary>What is not recorded stays unreadable.</summary>
    public void Write(Address address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = Math.Min(bytes.Length, PageBytes - (int)(address.Value % PageBytes));
            if (PageOf(address) is { } page)
                bytes[..length].CopyTo(page.AsSpan((int)(address.Value % PageBytes)));
            bytes = bytes[length..];
            address += length;
        }
    }

    public void Write(Address address, ulong word) => Write(address, BitConverter.GetBytes(word));

    public void Drop(Address address) => _pages[address.Value / PageBytes] = null;

    public ulong WordAt(Address address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        return TryCopy(address, bytes) ? BitConverter.ToUInt64(bytes) : 0;
    }

    private byte[]? PageOf(Address address)
    {
        var number = address.Value / PageBytes;
        if (_pages.TryGetValue(number, out var page))
            return page;
        page = new byte[PageBytes];
        return sound.Memory.TryRead(new Address(number * PageBytes), page) ? _pages[number] = page : null;
    }

    private bool TryCopy(Address address, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var within = (int)(address.Value % PageBytes);
            var length = Math.Min(buffer.Length, PageBytes - within);
            if (!_pages.TryGetValue(address.Value / PageBytes, out var page))
            {
                if (!sound.Memory.TryRead(address, buffer[..length]))
                    return false;
            }
            else if (page is null)
            {
                return false;
            }
            else
            {
                page.AsSpan(within, length).CopyTo(buffer);
            }

            buffer = buffer[length..];
            address += length;
        }

        return true;
    }
}
