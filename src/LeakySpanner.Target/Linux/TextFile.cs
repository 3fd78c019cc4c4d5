using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Files that somebody else's program has named, such as its source: only regular ones of a bounded size are read, and a pipe or a device under that name neither blocks
/// us nor is touched.
/// </summary>
public static class TextFile
{
    /// <param name="path">As we see it.</param>
    /// <param name="most">Bytes; a larger file is not read at all.</param>
    /// <returns>UTF-8, what is none replaced; null where it cannot be read or is no such file.</returns>
    public static string? TryRead(string path, int most)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        var descriptor = LibC.Open(path, LibC.OpenReadOnly | LibC.OpenNonBlocking | LibC.OpenCloseOnExec | LibC.OpenNoTerminal);
        if (descriptor < 0)
            return null;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (!FileOwner.TryRead(file, out var facts) || facts.Type != FileType.Regular || facts.Size > most)
            return null;
        var bytes = new byte[facts.Size];
        var length = 0;
        try
        {
            for (int count; length < bytes.Length && (count = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0; length += count)
                ;
        }
        catch (IOException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
