namespace LeakySpanner.Target.Elf;

public enum ElfSegmentType : uint
{
    Load = 1,
    Dynamic = 2,
}

/// <summary>A program header.</summary>
/// <param name="Type">PT_LOAD and PT_DYNAMIC are the ones of use here.</param>
/// <param name="Flags">1 executable, 2 writable, 4 readable.</param>
/// <param name="Offset">Of its bytes in the file.</param>
/// <param name="VirtualAddress">As linked, before the load bias.</param>
/// <param name="FileSize">Bytes from the file.</param>
/// <param name="MemorySize">Bytes in memory; what exceeds FileSize is .bss.</param>
public readonly record struct ElfSegment(
    ElfSegmentType Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize);

/// <summary>A defined symbol.</summary>
/// <param name="Value">Address as linked; add the load bias.</param>
/// <param name="Size">Bytes, 0 if not told.</param>
public readonly record struct ElfSymbol(ulong Value, ulong Size);
