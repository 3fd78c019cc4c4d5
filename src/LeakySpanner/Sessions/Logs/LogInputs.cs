using LeakySpanner.Commands;
using LeakySpanner.Scanning.Logs;

namespace LeakySpanner.Sessions.Logs;

/// <summary>From what stands on the command line to things to read: files, folders, patterns that the shell left alone, "-".</summary>
internal static class LogInputs
{
    public const string StandardInput = "-";

    /// <param name="names">At least one.</param>
    /// <param name="openStandardInput">Opens it; "-" may be named once.</param>
    /// <param name="clock">Lines of standard input were written no later than now.</param>
    /// <exception cref="UsageException">Nothing matches, or too much does.</exception>
    public static IReadOnlyList<LogSource> Of(IReadOnlyList<string> names, Func<Stream> openStandardInput, TimeProvider clock)
    {
        var sources = new List<LogSource>();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            if (name == StandardInput)
                sources.Add(new(name, clock.GetUtcNow().UtcDateTime, openStandardInput));
            else
                sources.AddRange(Files(name).Where(file => !sources.Exists(source => source.Name == file)).Select(Of).ToList());
        }

        if (sources.Count > LogReader.MostFiles)
            throw new UsageException($"{sources.Count} files are more than {LogReader.MostFiles}: name fewer, or say `cat FILES | leakyspanner analyze-logs -`");
        return sources;
    }

    private static LogSource Of(string file) => new(file, File.GetLastWriteTimeUtc(file), () => Open(file));

    private static FileStream Open(string file) => new(file, new FileStreamOptions
    {
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        Options = FileOptions.SequentialScan,
    });

    private static List<string> Files(string name)
    {
        try
        {
            if (Directory.Exists(name))
            {
                var inside = Directory.GetFiles(name).Order(StringComparer.Ordinal).ToList();
                return inside.Count > 0 ? inside : throw new UsageException($"there is no file in the folder {name}");
            }

            if (File.Exists(name))
                return [name];
            var pattern = Path.GetFileName(name);
            var folder = Path.GetDirectoryName(name) is { Length: > 0 } path ? path : ".";
            if (pattern.AsSpan().IndexOfAny('*', '?') < 0 || !Directory.Exists(folder))
                throw new UsageException($"there is no file {name}; `-` reads standard input");
            var matches = Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).Select(file => name.StartsWith("./", StringComparison.Ordinal) || folder != "." ? file : Path.GetFileName(file)).ToList();
            return matches.Count > 0 ? matches : throw new UsageException($"no file matches {name}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{name} cannot be looked into: is it a folder of yours?");
        }
    }
}
