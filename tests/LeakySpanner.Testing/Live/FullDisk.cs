using System.Diagnostics;

namespace LeakySpanner.Testing.Live;

/// <summary>A folder on a small file system of its own that is full; seen only by the process that is launched with it and its children.</summary>
public static class FullDisk
{
    /// <summary>Mounts over $0 (not so little that it would be left alone), fills it, becomes the rest. What is not written then is the point, so that dd may fail.</summary>
    private const string Script = """mount -t tmpfs -o size=4m none "$0" && { dd if=/dev/zero of="$0/filled" bs=4096 2>/dev/null; exec "$@"; }""";

    private static readonly Lazy<string[]?> Unshare = new(() => new string[][] { ["unshare", "-m"], ["unshare", "-Urm"] }.FirstOrDefault(IsPossible));

    /// <summary>Whether this machine lets us mount anything.</summary>
    public static bool IsToBeHad => Unshare.Value is not null;

    /// <exception cref="InvalidOperationException">This machine does not let us.</exception>
    public static IReadOnlyList<string> At(string folder) =>
        [.. Unshare.Value ?? throw new InvalidOperationException("mounts are not permitted here"), "sh", "-c", Script, folder];

    private static bool IsPossible(string[] unshare)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-full-").FullName;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(unshare[0], [.. unshare[1..], "sh", "-c", Script, folder, "true"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
