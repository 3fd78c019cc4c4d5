using System.Security.Cryptography;
using LeakySpanner.Commands;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>
/// The agent's shared library, which comes inside our own file and has to be a file of its own for the loader. Its name tells its contents, so
/// that versions do not get in each other's way and a process that still uses one is not harmed.
/// </summary>
internal static class AgentLibrary
{
    private const string Resource = "agent.so";

    /// <summary>Whether a file of that name is an agent, of whatever version: ours, or the one of `make`.</summary>
    public static bool IsName(string name) =>
        (name.StartsWith("agent-", StringComparison.Ordinal) || name.StartsWith("libleakyspanner-agent", StringComparison.Ordinal)) && name.EndsWith(".so", StringComparison.Ordinal);

    /// <summary>Where it lies, written there if it does not yet.</summary>
    /// <exception cref="UsageException">This build has none, or there is no folder for it.</exception>
    public static string Place()
    {
        using var resource = typeof(AgentLibrary).Assembly.GetManifestResourceStream(Resource)
            ?? throw new UsageException("this build was made without the sampling agent: `make build` makes one with it");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var name = $"agent-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.so";
        foreach (var folder in Folders())
        {
            var path = Path.Combine(folder, name);
            try
            {
                if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                    return path;
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                var beside = path + "." + Environment.ProcessId;
                File.WriteAllBytes(beside, bytes);
                File.Move(beside, path, overwrite: true);
                return path;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next one.
            }
        }

        throw new UsageException("no folder for the sampling agent: make ~/.cache writable, or set XDG_CACHE_HOME to a folder that is");
    }

    /// <summary>As <see cref="Place"/>; null where it cannot be had.</summary>
    public static string? TryPlace()
    {
        try
        {
            return Place();
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache)
            yield return Path.Combine(cache, "leakyspanner");
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
            yield return Path.Combine(home, ".cache", "leakyspanner");
        yield return Path.Combine(Path.GetTempPath(), $"leakyspanner-{Environment.UserName}");
    }
}
