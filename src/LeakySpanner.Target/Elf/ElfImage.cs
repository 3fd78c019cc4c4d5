using System.Buffers.Binary;
using System.Collections.Immutable;

namespace LeakySpanner.Target.Elf;

/// <summary>A 64-bit little-endian ELF image: its segments and its symbols. System V ABI, chapters 4 and 5.</summary>
public sealed class ElfImage
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const ulong PageMask = 0xfff;

    private readonly ElfSymbolTables symbols;

    private ElfImage(IElfBytes bytes, bool positionIndependent, ushort machine, ImmutableArray<ElfSegment> segments, ElfSectionTable sections)
    {
        IsPositionIndependent = positionIndependent;
        Machine = machine;
        Segments = segments;
        symbols = new ElfSymbolTables(bytes, segments, sections);
    }

    /// <summary>ET_DYN: shared libraries and position-independent executables.</summary>
    public bool IsPositionIndependent { get; }

    /// <summary>e_machine: 62 x86-64, 183 AArch64.</summary>
    public ushort Machine { get; }

    public ImmutableArray<ElfSegment> Segments { get; }

    /// <summary>Null unless the bytes start with a sane 64-bit little-endian header of an executable or a library.</summary>
    public static ElfImage? TryParse(IElfBytes bytes)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!bytes.TryRead(0, header) || ElfIdentity.Of(header) != ElfClass.Bits64)
            return null;

        var type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        if (type is not (2 or 3))
            return null;

        var segments = ReadSegments(bytes, header);
        if (segments.IsEmpty)
            return null;

        var sections = new ElfSectionTable(
            BinaryPrimitives.ReadUInt64LittleEndian(header[40..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[58..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[60..]));
        return new ElfImage(bytes, type == 3, BinaryPrimitives.ReadUInt16LittleEndian(header[18..]), segments, sections);
    }

    /// <summary>An exported symbol, from .dynsym; survives strip.</summary>
    public bool TryFindDynamicSymbol(ReadOnlySpan<byte> name, out ElfSymbol symbol) => symbols.TryFindDynamic(name, out symbol);

    /// <summary>Any symbol of the full table, from .symtab; stripped binaries have none.</summary>
    public bool TryFindStaticSymbol(ReadOnlySpan<byte> name, out ElfSymbol symbol) => symbols.TryFindStatic(name, out symbol);

    /// <summary>What to add to linked addresses, given one mapping of this file; false if no segment covers it.</summary>
    public bool TryGetLoadBias(MappedRegion region, out ulong bias)
    {
        foreach (var segment in Segments)
        {
            if (segment.Type != ElfSegmentType.Load || segment.FileSize == 0)
                continue;
            var fileStart = segment.Offset & ~PageMask;
            if ((ulong)region.Offset != fileStart)
                continue;
            bias = unchecked(region.Start.Value - (segment.VirtualAddress & ~PageMask));
            return true;
        }

        bias = 0;
        return false;
    }

    private static ImmutableArray<ElfSegment> ReadSegments(IElfBytes bytes, ReadOnlySpan<byte> header)
    {
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        var count = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(header[56..]), (ushort)ElfLimits.MaxProgramHeaders);
        if (size != ProgramHeaderBytes)
            return [];

        var segments = ImmutableArray.CreateBuilder<ElfSegment>(count);
        Span<byte> entry = stackalloc byte[ProgramHeaderBytes];
        for (var i = 0; i < count; i++)
        {
            if (!bytes.TryRead(unchecked(offset + ((ulong)i * ProgramHeaderBytes)), entry))
                return [];
            segments.Add(new ElfSegment(
                (ElfSegmentType)BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[40..])));
        }

        return segments.ToImmutable();
    }
}
