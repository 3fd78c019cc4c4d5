using LeakySpanner.Commands;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Sessions.Scanning;

/// <summary>A scan of files on disk.</summary>
/// <param name="paths">Files and folders; none: the current folder.</param>
internal sealed class ScanSession(IReadOnlyList<string> paths)
{
    private readonly string _base = Directory.GetCurrentDirectory();

    /// <exception cref="UsageException">A path is not there or may not be read.</exception>
    /// <exception cref="ParserException">There is no parser.</exception>
    public ScanResult Run(ScanOptions options, Action<string>? progress, CancellationToken stop)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths.Count == 0 ? ["."] : paths)
        {
            try
            {
                foreach (var file in SourceFinder.Find(path))
                    files.TryAdd(Shown(file), file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{path} cannot be scanned: {exception.Message}");
            }
        }

        return new Scanner(options).Scan([.. files.Keys], shown => SourceBytes.Read(files[shown]), progress, stop);
    }

    /// <summary>Relative to the current folder where it is inside, so that a report means the same on another machine.</summary>
    private string Shown(string file)
    {
        var relative = Path.GetRelativePath(_base, file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
