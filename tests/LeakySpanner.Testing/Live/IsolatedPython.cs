using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>
/// A Python in what a container is made of: user, pid and mount namespaces of its own and another root, in which its executable lies at a
/// path that this machine does not have. Debian's files are bound into it, so that nothing is copied but the executable.
/// </summary>
public sealed partial class IsolatedPython : IAsyncDisposable
{
    /// <summary>Where it finds itself; "/app" is on no Debian.</summary>
    public const string Executable = "/app/service";

    private const string Script = """
        root=$1; program=$2
        mount -t tmpfs tmpfs "$root"
        mkdir "$root/usr" "$root/app" "$root/tmp" "$root/proc" "$root/etc" "$root/old"
        mount --rbind /usr "$root/usr"
        for link in lib lib64 bin; do ln -s "usr/$link" "$root/$link"; done
        cp "$(readlink -f /usr/bin/python3)" "$root/app/service"
        cd "$root"
        pivot_root . old
        exec /app/service -c "$program"
        """;

    private readonly ChildProcess _process;
    private readonly string _root;

    private IsolatedPython(ChildProcess process, string root, int pid)
    {
        _process = process;
        _root = root;
        Pid = pid;
    }

    /// <summary>As this machine numbers it; it takes itself for 1.</summary>
    public int Pid { get; }

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? Missing { get; } = CanIsolate() ? null : "user, pid and mount namespaces (unshare)";

    /// <param name="program">Prints "ready" once it is.</param>
    public static async Task<IsolatedPython> StartAsync(string program)
    {
        var root = Directory.CreateTempSubdirectory("leakyspanner-container-").FullName;
        var process = ChildProcess.Start("unshare", [.. Namespaces, "/bin/sh", "-ec", Script, "sh", root, program]);
        try
        {
            await process.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(60));
            return new IsolatedPython(process, root, Processes.Descendants(process.Pid).Single());
        }
        catch
        {
            await process.DisposeAsync();
            Directory.Delete(root);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // unshare waits for its child and lets nothing else end it.
        using (var kill = Process.Start("kill", ["-KILL", $"{Pid}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync(TimeSpan.FromSeconds(10));
        await _process.DisposeAsync();
        Directory.Delete(_root);
    }

    private static string[] Namespaces => ["--user", "--map-root-user", "--pid", "--mount", "--fork", "--kill-child"];

    private static bool CanIsolate()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", [.. Namespaces, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex("^ready")]
    private static partial Regex Ready();
}
