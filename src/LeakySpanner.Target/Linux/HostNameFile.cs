using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// /etc/hostname in another root. Whoever owns that root chose the file: a link, which would lead into our own root, is not followed, and
/// only a name as DNS knows it is believed.
/// </summary>
internal static class HostNameFile
{
    /// <summary>HOST_NAME_MAX is 64; DNS allows 253.</summary>
    private const int MaxBytes = 255;

    public static string? Read(string folder)
    {
        var descriptor = LibC.Open(
            folder + "/etc/hostname",
            LibC.OpenReadOnly | LibC.OpenNonBlocking | LibC.OpenNoTerminal | LibC.OpenNoFollow | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            return null;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (!FileOwner.TryRead(file, out var owner) || owner.Type != FileType.Regular)
            return null;
        var bytes = new byte[MaxBytes];
        try
        {
            var name = Encoding.ASCII.GetString(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0))).Trim();
            return name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-') ? name : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
