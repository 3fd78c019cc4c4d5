using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Testing.Recording;

/// <summary>
/// Memory that a test wrote down, by hand or by recording a process: disjoint ranges, the rest unreadable. Counts its
/// reads, so that a test can freeze what an algorithm costs.
/// </summary>
public sealed class RecordedMemory : ITargetMemory
{
    private readonly SortedList<ulong, byte[]> ranges = [];

    public long Reads { get; private set; }

    /// <summary>By address; neighbours that touch may be separate here and read as one.</summary>
    public IEnumerable<(Address Start, byte[] Bytes)> Ranges => ranges.Select(range => (new Address(range.Key), range.Value));

    /// <summary>The array is kept, not copied: a test may change what the target "does" later.</summary>
    public RecordedMemory Add(Address start, byte[] bytes)
    {
        if (bytes.Length > 0)
            ranges.Add(start.Value, bytes);
        return this;
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        Reads++;
        while (!buffer.IsEmpty)
        {
            if (Find(address.Value) is not { } range)
                return false;
            var offset = (int)(address.Value - range.Key);
            var length = Math.Min(buffer.Length, range.Value.Length - offset);
            range.Value.AsSpan(offset, length).CopyTo(buffer);
            buffer = buffer[length..];
            address += length;
        }

        return true;
    }

    private KeyValuePair<ulong, byte[]>? Find(ulong address)
    {
        int low = 0, high = ranges.Count - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var start = ranges.Keys[middle];
            if (address < start)
                high = middle - 1;
            else if (address - start >= (ulong)ranges.Values[middle].Length)
                low = middle + 1;
            else
                return KeyValuePair.Create(start, ranges.Values[middle]);
        }

        return null;
    }
}
