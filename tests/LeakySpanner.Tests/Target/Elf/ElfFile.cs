using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Target.Elf;

namespace LeakySpanner.Tests.Target.Elf;

/// <summary>Writes a small ELF image, with or without the parts that strip and sstrip remove.</summary>
internal sealed class ElfFile
{
    public const int DynamicOffset = 0x200;
    public const int SymbolsOffset = 0x400;
    public const int StringsOffset = 0x600;
    public const int HashOffset = 0x800;
    public const int SectionsOffset = 0xa00;
    public const int Length = 0x1000;

    public byte[] Bytes { get; } = new byte[Length];

    /// <param name="baseAddress">0 for a library; 0x400000 for an executable that is not position-independent.</param>
    /// <param name="sections">Whether section headers are there.</param>
    /// <param name="gnuHash">Whether the hash table is the newer kind.</param>
    /// <param name="relocation">What a loader added to the dynamic section's addresses.</param>
    public ElfFile(
        (string Name, ulong Value)[] symbols, ulong baseAddress = 0, bool sections = true, bool gnuHash = true, uint tableType = 11, ulong relocation = 0)
    {
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(Bytes);
        Word16(16, (ushort)(baseAddress == 0 ? 3 : 2));
        Word16(18, 62);
        Word64(32, 64);
        Word16(54, 56);
        Word16(56, 3);
        Segment(0, 1, 5, 0, baseAddress, Length, Length);
        Segment(1, 1, 6, 0x1000, baseAddress + 0x3000, 0x800, 0x2900);
        Segment(2, 2, 6, DynamicOffset, baseAddress + DynamicOffset, 0x100, 0x100);

        var strings = StringsOffset + 1;
        for (var i = 0; i < symbols.Length; i++)
        {
            var at = SymbolsOffset + ((i + 1) * 24);
            Word32(at, (uint)(strings - StringsOffset));
            Bytes[at + 4] = 0x11;
            Word16(at + 6, 5);
            Word64(at + 8, symbols[i].Value);
            Word64(at + 16, 8);
            strings += Encoding.UTF8.GetBytes(symbols[i].Name, Bytes.AsSpan(strings)) + 1;
        }

        var count = (uint)symbols.Length + 1;
        if (gnuHash)
            GnuHash(count);
        else
            Word32(HashOffset + 4, count);
        Dynamic(0, 6, baseAddress + relocation + SymbolsOffset);
        Dynamic(1, 5, baseAddress + relocation + StringsOffset);
        Dynamic(2, 10, (ulong)(strings - StringsOffset));
        Dynamic(3, gnuHash ? 0x6ffffef5ul : 4, baseAddress + relocation + HashOffset);
        if (!sections)
            return;
        Word64(40, SectionsOffset);
        Word16(58, 64);
        Word16(60, 3);
        Section(1, tableType, SymbolsOffset, count * 24, link: 2);
        Section(2, 3, StringsOffset, (ulong)(strings - StringsOffset), link: 0);
    }

    public ElfImage? Parse() => ElfImage.TryParse(new Source(Bytes));

    public void Word16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(offset), value);

    public void Word32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(offset), value);

    public void Word64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(offset), value);

    /// <summary>One bucket whose chain runs from the first symbol to the last.</summary>
    private void GnuHash(uint count)
    {
        Word32(HashOffset, 1);
        Word32(HashOffset + 4, 1);
        Word32(HashOffset + 8, 1);
        Word32(HashOffset + 24, 1);
        for (var i = 1u; i < count; i++)
            Word32(HashOffset + 28 + ((int)(i - 1) * 4), i == count - 1 ? 1u : 0u);
    }

    private void Dynamic(int index, ulong tag, ulong value)
    {
        Word64(DynamicOffset + (index * 16), tag);
        Word64(DynamicOffset + (index * 16) + 8, value);
    }

    private void Segment(int index, uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize)
    {
        var at = 64 + (index * 56);
        Word32(at, type);
        Word32(at + 4, flags);
        Word64(at + 8, offset);
        Word64(at + 16, address);
        Word64(at + 32, fileSize);
        Word64(at + 40, memorySize);
    }

    private void Section(int index, uint type, ulong offset, ulong size, uint link)
    {
        var at = SectionsOffset + (index * 64);
        Word32(at + 4, type);
        Word64(at + 24, offset);
        Word64(at + 32, size);
        Word32(at + 40, link);
    }

    private sealed class Source(byte[] bytes) : IElfBytes
    {
        public Address? LoadedAt => null;

        public bool TryRead(ulong offset, Span<byte> buffer)
        {
            if (offset > (ulong)bytes.Length || (ulong)buffer.Length > (ulong)bytes.Length - offset)
                return false;
            bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return true;
        }
    }
}
