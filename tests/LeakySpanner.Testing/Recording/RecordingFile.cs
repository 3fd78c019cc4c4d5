using System.IO.Compression;
using LeakySpanner.Model;
using LeakySpanner.Target;

namespace LeakySpanner.Testing.Recording;

/// <summary>
/// The file of a recorded process, version 1: the bytes "LKYREC01", then, compressed with Brotli and little-endian:
/// a count of regions, each as start and end (8 bytes each), permissions (text), offset and inode (8 bytes each), path (text);
/// a count of symbols, each as name (text), address (8 bytes), image (text);
/// a count of ranges, each as start (8 bytes), length (4 bytes) and so many bytes.
/// Counts are 4 bytes; a text is its UTF-8 length as BinaryWriter writes it, and its bytes.
/// </summary>
/// <remarks>A recording holds a process' memory and thus its secrets: record only services that were made up for tests.</remarks>
public static class RecordingFile
{
    public const int MaxRangeBytes = 1 << 30;

    private static ReadOnlySpan<byte> Magic => "LKYREC01"u8;

    public static void Save(RecordedTarget target, Stream file)
    {
        file.Write(Magic);
        using var compressed = new BrotliStream(file, CompressionLevel.SmallestSize, leaveOpen: true);
        using var writer = new BinaryWriter(compressed);
        var regions = target.ReadRegions();
        writer.Write(regions.Count);
        foreach (var region in regions)
        {
            writer.Write(region.Start.Value);
            writer.Write(region.End.Value);
            writer.Write(region.Permissions);
            writer.Write(region.Offset);
            writer.Write(region.Inode);
            writer.Write(region.Path);
        }

        writer.Write(target.Symbols.Count);
        foreach (var (name, (address, image)) in target.Symbols.OrderBy(symbol => symbol.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(address.Value);
            writer.Write(image);
        }

        var ranges = target.Bytes.Ranges.ToList();
        writer.Write(ranges.Count);
        foreach (var (start, bytes) in ranges)
        {
            writer.Write(start.Value);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
    }

    /// <exception cref="InvalidDataException">No recording, of another version, or cut short.</exception>
    public static RecordedTarget Load(Stream file)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) != magic.Length || !magic.SequenceEqual(Magic))
            throw new InvalidDataException("this is no recording of version 1");
        try
        {
            using var compressed = new BrotliStream(file, CompressionMode.Decompress, leaveOpen: true);
            using var reader = new BinaryReader(compressed);
            return Read(reader);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("the recording is cut short", e);
        }
    }

    private static RecordedTarget Read(BinaryReader reader)
    {
        var target = new RecordedTarget();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            target.AddRegion(new MappedRegion(
                new Address(reader.ReadUInt64()),
                new Address(reader.ReadUInt64()),
                reader.ReadString(),
                reader.ReadInt64(),
                reader.ReadInt64(),
                reader.ReadString()));
        }

        for (var count = reader.ReadInt32(); count > 0; count--)
            target.AddSymbol(reader.ReadString(), new Address(reader.ReadUInt64()), reader.ReadString());

        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var start = new Address(reader.ReadUInt64());
            var length = reader.ReadInt32();
            if (length is < 0 or > MaxRangeBytes)
                throw new InvalidDataException($"a range of {length} bytes");
            var bytes = reader.ReadBytes(length);
            if (bytes.Length != length)
                throw new EndOfStreamException();
            target.Bytes.Add(start, bytes);
        }

        return target;
    }
}
