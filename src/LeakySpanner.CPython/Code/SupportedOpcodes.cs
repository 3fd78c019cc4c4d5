using LeakySpanner.CPython.Code.Tables;

namespace LeakySpanner.CPython.Code;

/// <summary>The versions whose instructions are known.</summary>
public static class SupportedOpcodes
{
    public static readonly IReadOnlyList<OpcodeTable> All =
    [
        Opcodes38.Table, Opcodes39.Table, Opcodes310.Table, Opcodes311.Table, Opcodes312.Table, Opcodes313.Table, Opcodes314.Table, Opcodes315.Table,
    ];

    public static OpcodeTable? Find(Version version) =>
        All.FirstOrDefault(table => table.Version.Major == version.Major && table.Version.Minor == version.Minor);
}
