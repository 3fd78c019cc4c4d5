namespace LeakySpanner.CPython.Code;

/// <summary>The versions whose instructions are known.</summary>
public static class SupportedOpcodes
{
    public static readonly IReadOnlyList<OpcodeTable> All = [Opcodes311.Table];

    public static OpcodeTable? Find(Version version) =>
        All.FirstOrDefault(table => table.Version.Major == version.Major && table.Version.Minor == version.Minor);
}
