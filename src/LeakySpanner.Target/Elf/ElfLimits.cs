namespace LeakySpanner.Target.Elf;

/// <summary>
/// Every bound on what an ELF file may ask us to read. Files are named by the observed process, so their numbers are
/// claims; the largest real ones (a libpython with full debug symbols, libtorch) stay well below.
/// </summary>
public static class ElfLimits
{
    public const int MaxProgramHeaders = 256;

    public const int MaxSectionHeaders = 65536;

    public const int MaxDynamicEntries = 4096;

    /// <summary>Symbols looked at in one table; 24 bytes each in the file, read piece by piece.</summary>
    public const int MaxSymbols = 8 * 1024 * 1024;

    /// <summary>Bytes of one string table held in memory at a time.</summary>
    public const int MaxStringBytes = 64 * 1024 * 1024;

    /// <summary>Buckets or chain entries of a hash table that are followed to learn how many symbols there are.</summary>
    public const int MaxHashEntries = MaxSymbols;

    /// <summary>Images searched for one symbol.</summary>
    public const int MaxImages = 4096;
}
