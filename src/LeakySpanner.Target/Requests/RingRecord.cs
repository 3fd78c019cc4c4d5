using System.Buffers.Binary;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Target.Requests;

/// <summary>The 64 bytes of a record.</summary>
internal static class RingRecord
{
    /// <summary>A year: nothing that a request does lasts longer.</summary>
    private const long LongestNanoseconds = 366L * 24 * 3600 * 1_000_000_000;

    /// <summary>64 TiB: the address space is no larger than twice that, and sums of many stay far from overflowing.</summary>
    private const long MostBytes = 1L << 46;

    public static long First(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record);

    public static long Last(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[(RequestRingLayout.RecordSize - 8)..]);

    /// <summary>False for one that no shim has written.</summary>
    public static bool TryParse(ReadOnlySpan<byte> record, out RequestRecord parsed)
    {
        var started = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        var duration = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(record[24..]);
        var delta = BinaryPrimitives.ReadInt64LittleEndian(record[32..]);
        var endpoint = BinaryPrimitives.ReadUInt32LittleEndian(record[40..]);
        var overlapped = BinaryPrimitives.ReadUInt32LittleEndian(record[44..]);
        var kind = (RequestKind)record[50];
        parsed = new RequestRecord(
            First(record),
            started,
            duration,
            bytes,
            delta is >= -MostBytes and <= MostBytes ? delta : null,
            (int)Math.Min(endpoint, int.MaxValue),
            (int)Math.Min(overlapped, int.MaxValue),
            BinaryPrimitives.ReadUInt16LittleEndian(record[48..]),
            kind,
            (RequestTraits)record[51],
            BinaryPrimitives.ReadUInt32LittleEndian(record[52..]));
        return started >= 0 && duration is >= 0 and <= LongestNanoseconds && bytes is >= 0 and <= MostBytes && kind <= RequestKind.Route;
    }
}
