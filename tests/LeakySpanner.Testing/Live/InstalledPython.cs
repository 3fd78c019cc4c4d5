using System.Globalization;

namespace LeakySpanner.Testing.Live;

/// <summary>One CPython of this machine: the system's own, one in the root of another Debian (`make roots`), one of pyenv.</summary>
/// <param name="Name">"3.13 trixie", "3.12 pyenv".</param>
/// <param name="Feature">3.13.</param>
/// <param name="Root">What it takes for "/".</param>
/// <param name="Executable">As seen in that root.</param>
/// <param name="Missing">Why it cannot be started, and what to do; null where it can.</param>
public sealed record InstalledPython(string Name, Version Feature, string Root, string Executable, string? Missing)
{
    /// <summary>
    /// Every version once, and the same version in another build where there is one. pyenv's are linked against a shared libpython;
    /// they cannot be installed by a package, so that their absence is no failure anywhere.
    /// </summary>
    public static IReadOnlyList<InstalledPython> All { get; } =
    [
        Pyenv(3, 8), Pyenv(3, 9), Rooted(3, 9, "bullseye"), Pyenv(3, 10), System(), Pyenv(3, 11), Pyenv(3, 12), Pyenv(3, 13),
        Rooted(3, 13, "trixie"), Rooted(3, 14, "sid"), Rooted(3, 15, "sid"),
    ];

    /// <summary>Where `make roots` unpacks other Debians.</summary>
    public static string Roots => Environment.GetEnvironmentVariable("LEAKYSPANNER_ROOTS") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Checkout.Root, "artifacts", "roots");

    /// <summary>A package of Debian, so that it can be had wherever tests run.</summary>
    public bool IsPackaged => !Name.EndsWith(" pyenv", StringComparison.Ordinal);

    /// <summary>Debian's have FastAPI and uvicorn beside them; pyenv's have the standard library alone.</summary>
    public bool HasFastApi => IsPackaged;

    public static InstalledPython Named(string name) => All.Single(python => python.Name == name);

    /// <summary>The command that starts it; <see cref="Staging"/> puts scripts where it sees them.</summary>
    public IReadOnlyList<string> Command(params string[] arguments) =>
        Root == "/" ? [Executable, .. arguments] : ["chroot", Root, Executable, .. arguments];

    public override string ToString() => Name;

    private static InstalledPython System() => new(
        "3.11 bookworm", new Version(3, 11), "/", PythonService.Interpreter, File.Exists(PythonService.Interpreter) ? null : $"missing: {PythonService.Interpreter} (`make setup`)");

    private static InstalledPython Rooted(int major, int minor, string suite)
    {
        var executable = string.Create(CultureInfo.InvariantCulture, $"/usr/bin/python{major}.{minor}");
        var root = Path.Combine(Roots, suite);
        var missing = !File.Exists(root + executable) ? $"missing: {root}{executable} (`make roots`)"
            : !Environment.IsPrivilegedProcess ? "needs root: a process of another Debian is started by chroot"
            : null;
        return new InstalledPython(string.Create(CultureInfo.InvariantCulture, $"{major}.{minor} {suite}"), new Version(major, minor), root, executable, missing);
    }

    private static InstalledPython Pyenv(int major, int minor)
    {
        var versions = Path.Combine(
            Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv"), "versions");
        var feature = string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}");
        var executable = (Directory.Exists(versions) ? Directory.GetDirectories(versions, feature + ".*") : [])
            .Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", "python" + feature)).FirstOrDefault(File.Exists);
        return new InstalledPython($"{feature} pyenv", new Version(major, minor), "/", executable ?? "", executable is null ? $"missing: CPython {feature} in {versions} (pyenv install {feature})" : null);
    }
}
