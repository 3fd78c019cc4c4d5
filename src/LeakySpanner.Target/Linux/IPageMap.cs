using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Linux;

/// <summary>/proc/PID/pagemap: one word per page of the address space.</summary>
public interface IPageMap
{
    /// <summary>Fills all entries from the given page on, or returns false.</summary>
    bool TryRead(ulong firstPage, Span<ulong> entries);
}

/// <summary>The kernel's (Documentation/admin-guide/mm/pagemap.rst).</summary>
internal sealed class PageMapFile : IPageMap, IDisposable
{
    private readonly SafeFileHandle? file;

    public PageMapFile(string processFolder)
    {
        try
        {
            file = File.OpenHandle(processFolder + "/pagemap", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (IOException)
        {
            // Gone, or a kernel built without it: every read fails, and totals per mapping remain.
        }
        catch (UnauthorizedAccessException)
        {
            // Likewise.
        }
    }

    public bool TryRead(ulong firstPage, Span<ulong> entries)
    {
        var bytes = MemoryMarshal.AsBytes(entries);
        var offset = (long)firstPage * sizeof(ulong);
        try
        {
            while (file is not null && !bytes.IsEmpty)
            {
                var count = RandomAccess.Read(file, bytes, offset);
                if (count <= 0)
                    return false;
                bytes = bytes[count..];
                offset += count;
            }

            return file is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => file?.Dispose();
}
