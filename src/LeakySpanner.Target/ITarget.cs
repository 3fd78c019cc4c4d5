using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target;

/// <summary>
/// What a runtime reader needs of a process: its bytes, its mappings, its symbols. Live processes and recordings are the
/// two kinds.
/// </summary>
public interface ITarget
{
    ITargetMemory Memory { get; }

    /// <summary>Mappings as of now, by address. Read anew at every call.</summary>
    IReadOnlyList<MappedRegion> ReadRegions();

    /// <summary>The run-time address of an exported symbol in the executable or any mapped library.</summary>
    bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image);

    /// <summary>
    /// To be asked after a reading: what was read belonged to the process, and to the program that it ran at first. A recording never changes.
    /// </summary>
    /// <exception cref="TargetException">The process has ended, or has replaced its program; what was read is worth nothing.</exception>
    void EnsureUnchanged()
    {
    }
}

/// <summary>A line of /proc/PID/maps.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">Past the last byte.</param>
/// <param name="Permissions">"rw-p".</param>
/// <param name="Offset">In the file.</param>
/// <param name="Inode">0 for anonymous memory.</param>
/// <param name="Path">A file, "[heap]", "[stack]", or "".</param>
public readonly record struct MappedRegion(Address Start, Address End, string Permissions, long Offset, long Inode, string Path)
{
    public long Length => End - Start;

    public bool IsReadable => Permissions[0] == 'r';

    public bool IsWritable => Permissions[1] == 'w';

    public bool IsPrivate => Permissions[3] == 'p';

    /// <summary>Private memory that no file backs, outside the heap and stack that the kernel names.</summary>
    public bool IsAnonymous => Inode == 0 && (Path.Length == 0 || Path.StartsWith("[anon", StringComparison.Ordinal));
}
