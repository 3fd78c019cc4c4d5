using System.Diagnostics;

namespace LeakySpanner.Commands;

/// <summary>The user's browser: what BROWSER names, or what the desktop opens pages with. Without a desktop there is none.</summary>
internal static class Browser
{
    /// <returns>False where there is none.</returns>
    public static bool TryOpen(string path)
    {
        foreach (var (program, arguments) in Candidates(new Uri(Path.GetFullPath(path)).AbsoluteUri))
        {
            if (!IsThere(program))
                continue;
            // A browser lives on: its streams must not be ours.
            var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1 &", "sh", program, .. arguments]) { UseShellExecute = false };
            using var shell = Process.Start(start);
            shell?.WaitForExit();
            return true;
        }

        return false;
    }

    private static bool IsThere(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>BROWSER is a list like PATH, and %s in one of its commands is the address (Python's webbrowser, Debian's sensible-browser).</summary>
    private static IEnumerable<(string Program, string[] Arguments)> Candidates(string address)
    {
        var named = Environment.GetEnvironmentVariable("BROWSER") ?? "";
        foreach (var command in named.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            yield return command.Contains("%s", StringComparison.Ordinal)
                ? (words[0], [.. words[1..].Select(word => word.Replace("%s", address, StringComparison.Ordinal))])
                : (words[0], [.. words[1..], address]);
        }

        if (Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 })
            yield return ("xdg-open", [address]);
    }
}
