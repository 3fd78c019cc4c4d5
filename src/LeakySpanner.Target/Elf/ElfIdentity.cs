namespace LeakySpanner.Target.Elf;

public enum ElfClass
{
    NotElf,
    Bits32,
    Bits64,
    BigEndian,
}

/// <summary>The first bytes of a file: whether it is ELF at all, and of which width.</summary>
public static class ElfIdentity
{
    public const int Bytes = 16;

    public static ElfClass Of(ReadOnlySpan<byte> start)
    {
        if (start.Length < Bytes || !start[..4].SequenceEqual("\u007fELF"u8))
            return ElfClass.NotElf;
        if (start[4] == 1)
            return ElfClass.Bits32;
        return start[4] != 2 ? ElfClass.NotElf : start[5] == 1 ? ElfClass.Bits64 : ElfClass.BigEndian;
    }
}
