using System.Buffers.Binary;
using System.Collections.Immutable;

namespace LeakySpanner.Target.Elf;

/// <summary>Where the section headers are, as the ELF header claims.</summary>
internal readonly record struct ElfSectionTable(ulong Offset, ushort EntrySize, ushort Count);

/// <summary>Offsets are in terms of the image's bytes: file offsets in a file, distances from its start in memory.</summary>
internal readonly record struct ElfSymbolTable(ulong Symbols, ulong Count, ulong Strings, ulong StringBytes);

/// <summary>
/// Finds symbols by name. Tables come from the section headers; an image without them (stripped of them, or read from
/// memory) is understood through its dynamic section, which the loader needs and strip therefore leaves.
/// </summary>
internal sealed class ElfSymbolTables(IElfBytes bytes, ImmutableArray<ElfSegment> segments, ElfSectionTable sections)
{
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;
    private const int SymbolsPerRead = 2048;
    private const uint StaticTable = 2;
    private const uint DynamicTable = 11;

    public bool TryFindDynamic(ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        if (!TryLocate(DynamicTable, out var table) && !ElfDynamicSection.TryLocateSymbols(bytes, segments, out table))
            return false;
        return TryFind(table, name, out symbol);
    }

    public bool TryFindStatic(ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        return TryLocate(StaticTable, out var table) && TryFind(table, name, out symbol);
    }

    private bool TryLocate(uint sectionType, out ElfSymbolTable table)
    {
        table = default;
        if (bytes.LoadedAt is not null || sections.EntrySize != SectionHeaderBytes || sections.Offset == 0)
            return false;

        Span<byte> header = stackalloc byte[SectionHeaderBytes];
        Span<byte> strings = stackalloc byte[SectionHeaderBytes];
        var count = Math.Min((int)sections.Count, ElfLimits.MaxSectionHeaders);
        for (var i = 0; i < count; i++)
        {
            if (!TryReadSection((uint)i, header))
                return false;
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != sectionType)
                continue;
            var link = BinaryPrimitives.ReadUInt32LittleEndian(header[40..]);
            if (link >= count || !TryReadSection(link, strings))
                return false;
            table = new ElfSymbolTable(
                BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[32..]) / SymbolBytes,
                BinaryPrimitives.ReadUInt64LittleEndian(strings[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(strings[32..]));
            return true;
        }

        return false;
    }

    private bool TryReadSection(uint index, Span<byte> header) =>
        bytes.TryRead(unchecked(sections.Offset + ((ulong)index * SectionHeaderBytes)), header);

    private bool TryFind(ElfSymbolTable table, ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        if (table.StringBytes > ElfLimits.MaxStringBytes || name.IsEmpty || !TryReadStrings(table, out var strings))
            return false;

        var count = (int)Math.Min(table.Count, ElfLimits.MaxSymbols);
        var piece = new byte[Math.Min(count, SymbolsPerRead) * SymbolBytes];
        for (var first = 0; first < count; first += SymbolsPerRead)
        {
            var span = piece.AsSpan(0, Math.Min(SymbolsPerRead, count - first) * SymbolBytes);
            if (!bytes.TryRead(unchecked(table.Symbols + ((ulong)first * SymbolBytes)), span))
                return false;
            for (; !span.IsEmpty; span = span[SymbolBytes..])
            {
                if (!IsDefined(span) || !Matches(strings, BinaryPrimitives.ReadUInt32LittleEndian(span), name))
                    continue;
                symbol = new ElfSymbol(
                    BinaryPrimitives.ReadUInt64LittleEndian(span[8..]), BinaryPrimitives.ReadUInt64LittleEndian(span[16..]));
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads the strings a megabyte at a time, so that a header which claims 64 MiB of a small file costs no more than
    /// the file has.
    /// </summary>
    private bool TryReadStrings(ElfSymbolTable table, out byte[] strings)
    {
        const int Step = 1 << 20;
        strings = [];
        var wanted = (int)table.StringBytes;
        while (strings.Length < wanted)
        {
            var done = strings.Length;
            Array.Resize(ref strings, Math.Min(wanted, Math.Max(done * 2, done + Step)));
            if (!bytes.TryRead(unchecked(table.Strings + (ulong)done), strings.AsSpan(done)))
                return false;
        }

        return true;
    }

    /// <summary>Has a section, and is code, data or untyped; thread-local symbols are offsets and no addresses.</summary>
    private static bool IsDefined(ReadOnlySpan<byte> symbol) =>
        (symbol[4] & 0xf) <= 2 && BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]) != 0;

    private static bool Matches(byte[] strings, uint offset, ReadOnlySpan<byte> name) =>
        offset < strings.Length
        && strings.Length - offset > name.Length
        && strings.AsSpan((int)offset, name.Length).SequenceEqual(name)
        && strings[(int)offset + name.Length] == 0;
}
