using System.Diagnostics;
using LeakySpanner.Testing.Live;
using Xunit;

namespace LeakySpanner.LiveTests;

/// <summary>What live tests need of the machine. In CI a missing part lets tests fail; elsewhere they are skipped, and say what is missing.</summary>
internal static class LiveParts
{
    private static readonly Lazy<string?> DebianPython = new(() => Try(PythonService.Interpreter, "import ensurepip, fastapi, uvicorn, websockets, gunicorn, hypercorn, flask, django, numpy, cachetools")
        ? null
        : $"{PythonService.Interpreter} with the Debian packages of scripts/setup (`make setup`)");

    public static bool IsCi { get; } = string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why a test is skipped, or null where it is to run.</summary>
    public static string? SkipReason => IsCi || DebianPython.Value is not { } missing ? null : $"missing: {missing}";

    /// <summary>Why a test with Prometheus is skipped, or null.</summary>
    public static string? PrometheusSkipReason => SkipReason
        ?? (IsCi || PrometheusServer.Programs is not null ? null : "missing: prometheus and promtool in artifacts/prometheus (`make setup`) or on the PATH");

    /// <summary>Another CPython 3.11 than Debian's, with a shared libpython where it can be had, or null.</summary>
    public static string? OtherPython { get; } = new[] { Environment.GetEnvironmentVariable("OTHER_PYTHON"), Pyenv() }
        .FirstOrDefault(path => path is not null && Try(path, "import sys; assert sys.version_info[:2] == (3, 11)"));

    /// <summary>Of every version one build: Debian's, or else pyenv's.</summary>
    public static IReadOnlyList<InstalledPython> EachVersion { get; } =
        [.. InstalledPython.All.GroupBy(python => python.Feature).Select(same => same.OrderByDescending(python => python.IsPackaged).First())];

    /// <summary>Why tests with this interpreter are skipped, or null. Where everything must be there, only what no package brings may be missing.</summary>
    public static string? SkipReasonOf(InstalledPython python) => !Read.Contains(python.Feature) ? $"CPython {python.Feature} is not read yet"
        : IsCi && python.IsPackaged ? null : python.Missing;

    /// <summary>Versions whose rows hold. A version is added when they do; LEAKYSPANNER_VERSIONS names others for a try.</summary>
    private static readonly Version[] Read = (Environment.GetEnvironmentVariable("LEAKYSPANNER_VERSIONS") ?? "3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15").Split(' ').Select(Version.Parse).ToArray();

    private static string? Pyenv()
    {
        var versions = Path.Combine(Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv"), "versions");
        return Directory.Exists(versions)
            ? Directory.GetDirectories(versions, "3.11.*").Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", "python3")).FirstOrDefault(File.Exists)
            : null;
    }

    private static bool Try(string interpreter, string program)
    {
        if (!File.Exists(interpreter))
            return false;
        using var process = Process.Start(new ProcessStartInfo(interpreter, ["-c", program]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

internal sealed class LiveFactAttribute : FactAttribute
{
    public LiveFactAttribute() => Skip = LiveParts.SkipReason;
}

internal sealed class LiveTheoryAttribute : TheoryAttribute
{
    public LiveTheoryAttribute() => Skip = LiveParts.SkipReason;
}

/// <summary>Runs where a second CPython 3.11 is installed; Debian has only one, so that its absence is no failure anywhere.</summary>
internal sealed class OtherPythonFactAttribute : FactAttribute
{
    public OtherPythonFactAttribute() => Skip = LiveParts.OtherPython is null ? "missing: a second CPython 3.11 (pyenv), or OTHER_PYTHON=path" : null;
}

/// <summary>Needs Prometheus as well.</summary>
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = LiveParts.PrometheusSkipReason;
}

/// <summary>Needs namespaces as containers have them, which a machine can forbid: then it is skipped in CI as well.</summary>
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = LiveParts.SkipReason ?? (IsolatedPython.Missing is { } missing ? $"missing: {missing}" : null);
}

/// <summary>Needs capabilities that can be dropped.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = LiveParts.SkipReason ?? (Environment.IsPrivilegedProcess ? null : "missing: root");
}
