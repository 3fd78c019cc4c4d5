using System.Buffers.Binary;
using System.Collections.Immutable;

namespace LeakySpanner.Target.Elf;

/// <summary>
/// The symbol table as the dynamic loader finds it: DT_SYMTAB and DT_STRTAB, whose number of entries only the hash
/// tables tell.
/// </summary>
internal static class ElfDynamicSection
{
    private const long Hash = 4;
    private const long StringTable = 5;
    private const long SymbolTable = 6;
    private const long StringSize = 10;
    private const long GnuHash = 0x6ffffef5;

    public static bool TryLocateSymbols(IElfBytes bytes, ImmutableArray<ElfSegment> segments, out ElfSymbolTable table)
    {
        table = default;
        foreach (var segment in segments)
        {
            if (segment.Type == ElfSegmentType.Dynamic)
                return TryLocate(new ImageAddresses(bytes, segments), segment, out table);
        }

        return false;
    }

    private static bool TryLocate(ImageAddresses image, ElfSegment dynamic, out ElfSymbolTable table)
    {
        table = default;
        ulong symbols = 0, strings = 0, stringBytes = 0, hash = 0, gnuHash = 0;
        Span<byte> entry = stackalloc byte[16];
        for (var i = 0; i < ElfLimits.MaxDynamicEntries; i++)
        {
            if (!image.TryRead(unchecked(dynamic.VirtualAddress + ((ulong)i * 16)), entry))
                return false;
            var tag = BinaryPrimitives.ReadInt64LittleEndian(entry);
            var value = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            if (tag == 0)
                break;
            switch (tag)
            {
                case Hash: hash = value; break;
                case StringTable: strings = value; break;
                case SymbolTable: symbols = value; break;
                case StringSize: stringBytes = value; break;
                case GnuHash: gnuHash = value; break;
                default: break;
            }
        }

        if (symbols == 0 || strings == 0)
            return false;
        ulong count = 0;
        if (!(hash != 0 && TryCountByHash(image, hash, out count)) && !(gnuHash != 0 && TryCountByGnuHash(image, gnuHash, out count)))
            return false;
        if (!image.TryLocate(symbols, out var symbolsAt) || !image.TryLocate(strings, out var stringsAt))
            return false;
        table = new ElfSymbolTable(symbolsAt, count, stringsAt, stringBytes);
        return true;
    }

    /// <summary>nchain of the old hash table is the number of symbols.</summary>
    private static bool TryCountByHash(ImageAddresses image, ulong hash, out ulong count)
    {
        Span<byte> header = stackalloc byte[8];
        var read = image.TryRead(hash, header);
        count = read ? BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) : 0;
        return read;
    }

    /// <summary>The last chain starts at the highest bucket; its end is the last symbol.</summary>
    private static bool TryCountByGnuHash(ImageAddresses image, ulong hash, out ulong count)
    {
        count = 0;
        Span<byte> header = stackalloc byte[16];
        if (!image.TryRead(hash, header))
            return false;
        var buckets = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var firstHashed = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var bloomWords = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (buckets > ElfLimits.MaxHashEntries || bloomWords > ElfLimits.MaxHashEntries)
            return false;

        var bucketsAt = unchecked(hash + 16 + ((ulong)bloomWords * 8));
        var chainsAt = unchecked(bucketsAt + ((ulong)buckets * 4));
        Span<byte> word = stackalloc byte[4];
        uint last = 0;
        for (var i = 0u; i < buckets; i++)
        {
            if (!image.TryRead(unchecked(bucketsAt + ((ulong)i * 4)), word))
                return false;
            last = Math.Max(last, BinaryPrimitives.ReadUInt32LittleEndian(word));
        }

        if (last < firstHashed)
        {
            count = firstHashed;
            return true;
        }

        for (var steps = 0; steps < ElfLimits.MaxHashEntries; steps++, last++)
        {
            if (!image.TryRead(unchecked(chainsAt + ((ulong)(last - firstHashed) * 4)), word))
                return false;
            if ((BinaryPrimitives.ReadUInt32LittleEndian(word) & 1) == 0)
                continue;
            count = (ulong)last + 1;
            return true;
        }

        return false;
    }

    /// <summary>Turns linked addresses, or loaded ones where the loader relocated them, into places among the image's bytes.</summary>
    private readonly struct ImageAddresses(IElfBytes bytes, ImmutableArray<ElfSegment> segments)
    {
        public bool TryRead(ulong address, Span<byte> buffer) => TryLocate(address, out var place) && bytes.TryRead(place, buffer);

        public bool TryLocate(ulong address, out ulong place)
        {
            var first = ulong.MaxValue;
            var end = 0ul;
            foreach (var segment in segments)
            {
                if (segment.Type != ElfSegmentType.Load)
                    continue;
                var offset = unchecked(address - segment.VirtualAddress);
                if (bytes.LoadedAt is null && address >= segment.VirtualAddress && offset < segment.FileSize)
                {
                    place = unchecked(segment.Offset + offset);
                    return true;
                }

                first = Math.Min(first, segment.VirtualAddress & ~0xffful);
                end = Math.Max(end, unchecked(segment.VirtualAddress + segment.MemorySize));
            }

            place = 0;
            if (bytes.LoadedAt is not { } start || end <= first)
                return false;
            var relocated = address >= start.Value && address - start.Value < end - first;
            place = unchecked(address - (relocated ? start.Value : first));
            return place < end - first;
        }
    }
}
