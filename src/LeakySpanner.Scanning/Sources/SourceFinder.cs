namespace LeakySpanner.Scanning.Sources;

/// <summary>The Python files under a path.</summary>
public static class SourceFinder
{
    /// <summary>Folders that hold what others wrote, or copies. What is named on the command line is scanned all the same.</summary>
    private static readonly string[] Skipped = ["__pycache__", "node_modules", "site-packages", "venv", "build", "dist", ".tox"];

    /// <param name="path">A file or a folder.</param>
    /// <returns>Full paths, in no order. Links to folders are not followed, so that there are no circles.</returns>
    /// <exception cref="IOException">It is not there, or may not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
            return [Path.GetFullPath(path)];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"there is no {path}");
        return Walk(new DirectoryInfo(path));
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        var waiting = new Stack<DirectoryInfo>([folder]);
        while (waiting.TryPop(out var next))
        {
            FileSystemInfo[] entries;
            try
            {
                entries = next.GetFileSystemInfos();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !ReferenceEquals(next, folder))
            {
                continue;
            }

            foreach (var entry in entries)
            {
                if (entry is FileInfo && entry.Name.EndsWith(".py", StringComparison.Ordinal))
                    yield return entry.FullName;
                else if (entry is DirectoryInfo inner && inner.LinkTarget is null && !inner.Name.StartsWith('.') && !Skipped.Contains(inner.Name))
                    waiting.Push(inner);
            }
        }
    }
}
