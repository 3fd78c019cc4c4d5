namespace LeakySpanner.Testing.Recording;

/// <summary>A folder that stands for "/": /proc and /sys made of plain files and links, removed with it.</summary>
public sealed class FakeRoot : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("leakyspanner-root-").FullName;

    public void Write(string path, string text)
    {
        var file = Folder + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>A link that leads nowhere, like those of /proc/PID/fd.</summary>
    public void Link(string path, string target)
    {
        var file = Folder + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.CreateSymbolicLink(file, target);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
