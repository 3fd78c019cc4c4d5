namespace LeakySpanner.Testing.Live;

/// <summary>A folder that an interpreter sees, in its own root, with copies of scripts; removed with it.</summary>
public sealed class Staging : IDisposable
{
    private readonly string _outside;

    public Staging(InstalledPython python, params string[] files)
    {
        Folder = $"/tmp/leakyspanner-{Guid.NewGuid():N}";
        _outside = python.Root == "/" ? Folder : python.Root + Folder;
        Directory.CreateDirectory(_outside);
        foreach (var file in files)
            File.Copy(file, Path.Combine(_outside, Path.GetFileName(file)));
    }

    /// <summary>As the interpreter sees it.</summary>
    public string Folder { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(_outside, recursive: true);
}
