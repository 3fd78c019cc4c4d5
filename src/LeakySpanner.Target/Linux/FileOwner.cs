using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Linux;

/// <summary>Whose a file is and who else may touch it (statx(2)).</summary>
/// <param name="User">Owner's uid.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Inode">Its number within its file system.</param>
public readonly record struct FileOwner(uint User, UnixFileMode Mode, FileType Type, long Size, long Inode)
{
    private const uint BasicFields = 0x7ff;
    private const int UserOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int StructureSize = 256;

    /// <summary>Everything that group and others could do.</summary>
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The effective uid of this process.</summary>
    public static uint Ours => LibC.EffectiveUser();

    public bool IsPrivate => (Mode & Others) == 0;

    public static bool TryRead(SafeFileHandle handle, out FileOwner owner) => TryRead((int)handle.DangerousGetHandle(), "", LibC.EmptyPath, out owner);

    /// <summary>Of what a link leads to.</summary>
    public static bool TryRead(string path, out FileOwner owner) => TryRead(LibC.CurrentFolder, path, 0, out owner);

    private static unsafe bool TryRead(int folder, string path, int flags, out FileOwner owner)
    {
        owner = default;
        Span<byte> status = stackalloc byte[StructureSize];
        fixed (byte* into = status)
        {
            if (LibC.StatX(folder, path, flags, BasicFields, into) != 0)
                return false;
        }

        var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]);
        owner = new FileOwner(
            BinaryPrimitives.ReadUInt32LittleEndian(status[UserOffset..]),
            (UnixFileMode)(mode & 0xfff),
            (FileType)(mode >> 12),
            BinaryPrimitives.ReadInt64LittleEndian(status[SizeOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[InodeOffset..]));
        return true;
    }
}

/// <summary>S_IFMT.</summary>
public enum FileType : byte
{
    None = 0,
    Pipe = 1,
    CharacterDevice = 2,
    Folder = 4,
    BlockDevice = 6,
    Regular = 8,
    Link = 10,
    Socket = 12,
}
