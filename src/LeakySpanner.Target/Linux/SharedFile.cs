using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// A file that another process maps and writes while we follow it. Read with pread(2) and not mapped: whoever truncates a mapped file
/// kills its readers (SIGBUS), and a call costs less than a microsecond more.
/// </summary>
internal sealed class SharedFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private SharedFile(SafeFileHandle handle, long size) => (_handle, Size) = (handle, size);

    /// <summary>In bytes, when it was opened.</summary>
    public long Size { get; }

    /// <summary>Without waiting, even for a pipe of that name.</summary>
    /// <param name="path">Where.</param>
    /// <param name="owner">The uid that it must belong to, and that alone may touch it.</param>
    /// <param name="isWritten">Whether we write into it as well.</param>
    /// <param name="trouble">What speaks against it, in a few words behind its path.</param>
    /// <returns>Null where something does.</returns>
    public static SharedFile? Open(string path, uint owner, bool isWritten, out string trouble)
    {
        trouble = "cannot be opened";
        var access = isWritten ? LibC.OpenReadWrite : LibC.OpenReadOnly;
        var descriptor = LibC.Open(path, access | LibC.OpenNonBlocking | LibC.OpenCloseOnExec | LibC.OpenNoTerminal);
        if (descriptor < 0)
            return null;
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        trouble = !FileOwner.TryRead(handle, out var facts) || facts.Type != FileType.Regular ? "is no file"
            : facts.User != owner ? $"belongs to uid {facts.User} and not to {owner}"
            : !facts.IsPrivate ? "is open to other users"
            : "";
        if (trouble.Length == 0)
            return new SharedFile(handle, facts.Size);
        handle.Dispose();
        return null;
    }

    /// <summary>False where there are not so many bytes (any more).</summary>
    public bool TryRead(long offset, Span<byte> into)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var count = RandomAccess.Read(_handle, into, offset);
                if (count <= 0)
                    return false;
                offset += count;
                into = into[count..];
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void Dispose() => _handle.Dispose();
}
