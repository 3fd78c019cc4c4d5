using LeakySpanner.Testing.Live;

namespace LeakySpanner.Testing.Recording;

/// <summary>The recorded processes of tests/recordings: one of every version, all of them running service.py.</summary>
public static class Recordings
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "recordings");

    /// <summary>"3.11.2" and the others, oldest first.</summary>
    public static IReadOnlyList<string> Versions { get; } =
    [
        .. Directory.GetFiles(Folder, "python-*.recording").Select(file => Path.GetFileNameWithoutExtension(file)["python-".Length..]).OrderBy(Version.Parse),
    ];

    public static string PathOf(string version) => Path.Combine(Folder, $"python-{version}.recording");

    public static RecordedTarget Load(string version)
    {
        using var file = File.OpenRead(PathOf(version));
        return RecordingFile.Load(file);
    }
}
