using LeakySpanner.Target.Linux;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Requests;

/// <summary>
/// The bytes of a ring. Read with pread(2) and not mapped: whoever truncates a mapped file kills its readers (SIGBUS), and a call
/// costs less than a microsecond more.
/// </summary>
internal sealed class RingFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private RingFile(SafeFileHandle file) => _file = file;

    /// <summary>Without waiting, even for a pipe of that name.</summary>
    /// <exception cref="RequestRingException">Not there, not a file, of another owner or size, or open to others.</exception>
    public static RingFile Open(string path, uint owner)
    {
        var descriptor = LibC.Open(path, LibC.OpenReadOnly | LibC.OpenNonBlocking | LibC.OpenCloseOnExec | LibC.OpenNoTerminal);
        if (descriptor < 0)
            throw new RequestRingException($"{path} cannot be opened");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var trouble = !FileOwner.TryRead(file, out var facts) || facts.Type != FileType.Regular ? "is no file"
            : facts.User != owner ? $"belongs to uid {facts.User} and not to {owner}"
            : !facts.IsPrivate ? "is open to other users"
            : facts.Size != RequestRingLayout.FileSize ? $"has {facts.Size} bytes instead of {RequestRingLayout.FileSize}"
            : null;
        if (trouble is null)
            return new RingFile(file);
        file.Dispose();
        throw new RequestRingException($"{path} {trouble}");
    }

    /// <summary>False where there are not so many bytes (any more).</summary>
    public bool TryRead(int offset, Span<byte> into)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var count = RandomAccess.Read(_file, into, offset);
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

    public void Dispose() => _file.Dispose();
}
