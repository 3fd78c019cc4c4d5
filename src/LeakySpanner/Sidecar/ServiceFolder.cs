using System.Globalization;
using System.Net.Sockets;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sidecar;

/// <summary>The folder where a service's workers and its sidecar meet (docs/sidecar.md).</summary>
/// <param name="Path">Absolute.</param>
internal sealed record ServiceFolder(string Path)
{
    /// <summary>Never removed by us while a worker may be in it.</summary>
    private const string RingPrefix = "worker-";

    private const string RingSuffix = ".ring";

    /// <summary>PID-TIME.agent: samples.</summary>
    private const string AgentSuffix = ".agent";

    public string Socket => System.IO.Path.Combine(Path, "sidecar.sock");

    private string Lock => System.IO.Path.Combine(Path, "sidecar.lock");

    private string StartLock => System.IO.Path.Combine(Path, "start.lock");

    /// <summary>Why the folder is not used, or null: it must be ours, and nobody else's to enter.</summary>
    public string? Trouble =>
        !System.IO.Path.IsPathRooted(Path) ? $"{Path} is not an absolute path"
        : !FileOwner.TryRead(Path, out var owner) || owner.Type != FileType.Folder ? $"there is no folder {Path}"
        : owner.User != FileOwner.Ours ? $"the folder {Path} belongs to uid {owner.User}"
        : !owner.IsPrivate ? $"the folder {Path} is open to other users"
        : null;

    /// <summary>The right to be this service's sidecar, until disposed; null where another one has it.</summary>
    public FileStream? TryLock() => TryLock(Lock);

    /// <summary>Whether somebody answers at the socket.</summary>
    public bool IsAnswering()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Removes what a service that has ended leaves behind. Whoever starts a sidecar here at this moment, or a worker that lives, keeps
    /// the folder as it is.
    /// </summary>
    public void Remove()
    {
        using var starting = TryLock(StartLock);
        if (starting is null)
            return;
        try
        {
            Delete(Socket);
            string[] files = [.. Directory.GetFiles(Path, RingPrefix + "*" + RingSuffix), .. Directory.GetFiles(Path, "*" + AgentSuffix)];
            foreach (var file in files.Where(file => !Lives(file)))
                Delete(file);
            if (files.Any(Lives))
                return;
            foreach (var name in (string[])["sidecar.err", "sidecar.lock", "start.lock"])
                Delete(System.IO.Path.Combine(Path, name));
            Directory.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Something of somebody else's is in it: then it stays.
        }
    }

    /// <summary>Locks are flock(2), as the shim's are.</summary>
    private static FileStream? TryLock(string file)
    {
        try
        {
            return new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Delete(string file)
    {
        if (File.Exists(file))
            File.Delete(file);
    }

    /// <summary>Whether the worker lives that a file is of.</summary>
    private static bool Lives(string file)
    {
        var name = System.IO.Path.GetFileName(file.AsSpan());
        var number = !name.EndsWith(AgentSuffix) ? name[RingPrefix.Length..^RingSuffix.Length] : name.IndexOf('-') is > 0 and var end ? name[..end] : default;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            return false;
        try
        {
            using var process = TargetProcess.Observe(pid);
            return process.IsAlive;
        }
        catch (TargetException)
        {
            return false;
        }
    }
}
