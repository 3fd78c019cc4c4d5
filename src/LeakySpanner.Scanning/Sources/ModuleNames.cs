namespace LeakySpanner.Scanning.Sources;

/// <summary>What the files of a scan are called as modules: the way from the folder above the outermost package.</summary>
public sealed class ModuleNames
{
    private readonly HashSet<string> _packages;
    private readonly Dictionary<string, string> _rootOfTop = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Root, string Top), string> _tops = [];

    /// <param name="paths">All files of the scan, relative, with slashes, in order.</param>
    public ModuleNames(IEnumerable<string> paths)
    {
        var files = paths.ToList();
        _packages = files.Where(path => FileOf(path) == "__init__.py").Select(FolderOf).ToHashSet(StringComparer.Ordinal);
        foreach (var path in files)
        {
            var (root, dotted) = Split(path);
            var top = TopOf(dotted);
            if (_tops.ContainsKey((root, top)))
                continue;

            // Several applications in one scan may all be called "app".
            _tops[(root, top)] = _rootOfTop.TryAdd(top, root) ? top : $"{top}@{_tops.Count}";
        }
    }

    /// <returns>The module's name, the same for no two files, whether it is a package, and the folder that its imports are looked up in.</returns>
    public (string Module, bool IsPackage, string Root) Of(string path)
    {
        var (root, dotted) = Split(path);
        var top = TopOf(dotted);
        return (_tops[(root, top)] + dotted[top.Length..], FileOf(path) == "__init__.py", root);
    }

    private (string Root, string Dotted) Split(string path)
    {
        var root = FolderOf(path);
        while (root.Length > 0 && _packages.Contains(root))
            root = FolderOf(root);
        var inside = root.Length == 0 ? path : path[(root.Length + 1)..];
        var stem = inside.EndsWith(".py", StringComparison.Ordinal) ? inside[..^3] : inside;
        if (stem.EndsWith("/__init__", StringComparison.Ordinal))
            stem = stem[..^9];
        return (root, stem.Replace('/', '.'));
    }

    private static string TopOf(string dotted) => dotted.IndexOf('.', StringComparison.Ordinal) is var end and >= 0 ? dotted[..end] : dotted;

    private static string FolderOf(string path) => path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";

    private static string FileOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
