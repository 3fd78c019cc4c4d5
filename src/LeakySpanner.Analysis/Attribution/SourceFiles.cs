namespace LeakySpanner.Analysis.Attribution;

/// <summary>Whose code a file is, and how to show its name.</summary>
public static class SourceFiles
{
    private static readonly string[] LibraryFolders = ["/site-packages/", "/dist-packages/", "/lib/python3", "/lib64/python3"];

    /// <summary>Ours, in the process that it watches, wherever it was installed.</summary>
    private const string Shim = "/leakyspanner/_";

    /// <summary>False for installed packages, the standard library, code without a file, and the shim.</summary>
    public static bool IsApplication(string file) =>
        file.Length > 0 && file[0] != '<' && !file.Contains(Shim, StringComparison.Ordinal) && !LibraryFolders.Any(folder => file.Contains(folder, StringComparison.Ordinal));

    /// <summary>Relative to the working directory where it lies in it; packages from their own root; else as it is.</summary>
    public static string Shown(string file, string? workingDirectory)
    {
        if (!string.IsNullOrEmpty(workingDirectory))
        {
            var folder = workingDirectory.TrimEnd('/') + "/";
            if (file.StartsWith(folder, StringComparison.Ordinal))
                file = file[folder.Length..];
        }

        if (file.StartsWith("./", StringComparison.Ordinal))
            return file[2..];
        foreach (var folder in LibraryFolders.Take(2))
        {
            var at = file.LastIndexOf(folder, StringComparison.Ordinal);
            if (at >= 0)
                return file[(at + folder.Length)..];
        }

        return file;
    }
}
