namespace LeakySpanner.Web;

/// <summary>The file of a Unix socket that only its owner may reach.</summary>
internal static class PrivateSocket
{
    /// <summary>sun_path of sockaddr_un(7) without its final zero.</summary>
    private const int LongestPath = 107;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Removes what an earlier sidecar left behind; the caller holds the lock that says that it is gone.</summary>
    /// <exception cref="IOException">The path is too long, or others may enter the folder.</exception>
    public static void Prepare(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw new IOException($"the path of the socket is longer than {LongestPath} bytes: set TMPDIR to a shorter folder");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & Others) != 0)
            throw new IOException($"other users may enter {folder}, so that its socket is not safe: chmod 700 it");
        Remove(path);
    }

    public static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder may be gone already; binding tells if it matters.
        }
    }
}
