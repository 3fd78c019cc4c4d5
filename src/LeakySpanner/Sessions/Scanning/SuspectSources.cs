using LeakySpanner.Model.Findings;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Sessions.Scanning;

/// <summary>
/// Reads the source around the lines that fill a suspect, through the process's own root folder, and lets the rules of scan-code judge
/// it: what was seen in memory and what stands in the source are told side by side.
/// </summary>
internal sealed class SuspectSources
{
    /// <summary>Enough for a service and its packages; a diagnosis does not wait for more.</summary>
    private const int MostFiles = 400;

    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(2);

    private readonly string _root;
    private readonly string? _workingDirectory;
    private readonly TimeProvider _clock;

    /// <param name="root">"/proc/PID/root": where the process's paths begin.</param>
    /// <param name="workingDirectory">From which its relative paths start; null where that is not known.</param>
    /// <param name="clock">The time.</param>
    public SuspectSources(string root, string? workingDirectory, TimeProvider clock) => (_root, _workingDirectory, _clock) = (root, workingDirectory, clock);

    /// <returns>The diagnosis; suspects whose cause stands in the source have it with them.</returns>
    public Diagnosis Explain(Diagnosis diagnosis)
    {
        var sites = diagnosis.Suspects.Where(suspect => !suspect.AllocatedAt.IsDefault).SelectMany(suspect => suspect.AllocatedAt).ToList();
        if (sites.Count == 0)
            return diagnosis;
        try
        {
            var found = sites.Select(site => FolderOf(Whole(site.File))).OfType<string>().Distinct(StringComparer.Ordinal).Take(4)
                .SelectMany(folder => Scan(folder, sites)).ToList();
            return diagnosis with { Suspects = [.. diagnosis.Suspects.Select(suspect => suspect with { Source = Judge(suspect, found) })] };
        }
        catch (ParserException)
        {
            // A build without the parser: the diagnosis stands without it.
            return diagnosis;
        }
    }

    /// <summary>By name, or where that is not known to the source, by line.</summary>
    private SourceFinding? Judge(Suspect suspect, List<(string Folder, Finding Finding)> found)
    {
        var leaks = found.Where(each => !each.Finding.Rule.IsLatency).ToList();
        var sites = suspect.AllocatedAt.IsDefault ? [] : suspect.AllocatedAt;
        var (folder, finding) = leaks.FirstOrDefault(each => each.Finding.Subject == suspect.Name);
        if (finding is null)
            (folder, finding) = leaks.FirstOrDefault(each => sites.Any(site => site.Fills && Lines(each.Folder, each.Finding).Contains((Whole(site.File), site.Line))));
        if (finding is null)
            return null;
        var path = Path.Combine(folder, finding.File.Path);
        var shown = _workingDirectory is { } here && path.StartsWith(here + "/", StringComparison.Ordinal) ? path[(here.Length + 1)..] : path;
        return new SourceFinding(finding.Rule.Id, shown, finding.Position.Line, finding.Message, finding.Fix);
    }

    private static IEnumerable<(string File, int Line)> Lines(string folder, Finding finding) =>
        finding.Related.Select(place => (place.File, place.At)).Prepend((finding.File, finding.At))
            .Select(place => (Path.Combine(folder, place.Item1.Path), place.Item1.LineOf(place.Item2.Start)));

    private IEnumerable<(string Folder, Finding Finding)> Scan(string folder, List<Site> sites)
    {
        var start = _clock.GetTimestamp();
        var inside = _root + folder;
        IEnumerable<string> files;
        try
        {
            var wanted = sites.Select(site => _root + Whole(site.File)).Where(file => file.StartsWith(inside + "/", StringComparison.Ordinal) && File.Exists(file));
            files = wanted.Concat(SourceFinder.Find(inside).TakeWhile(_ => _clock.GetElapsedTime(start) < LongestSearch))
                .Distinct(StringComparer.Ordinal).Take(MostFiles).ToList();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        var result = new Scanner(new ScanOptions { MinConfidence = Confidence.Low })
            .Scan([.. files.Select(file => Path.GetRelativePath(inside, file))], path => SourceBytes.Read(Path.Combine(inside, path)));
        return result.Findings.Select(finding => (folder, finding));
    }

    /// <summary>The folder whose files are a project: the working directory, or the one above the outermost package. Null where there is none.</summary>
    private string? FolderOf(string file)
    {
        if (!file.StartsWith('/') || !file.EndsWith(".py", StringComparison.Ordinal))
            return null;
        if (_workingDirectory is { Length: > 1 } here && file.StartsWith(here + "/", StringComparison.Ordinal))
            return here;
        var folder = Path.GetDirectoryName(file);
        while (folder is { Length: > 1 } && File.Exists(_root + folder + "/__init__.py"))
            folder = Path.GetDirectoryName(folder);
        return folder is { Length: > 1 } ? folder : null;
    }

    private string Whole(string file) => _workingDirectory is null ? file : Path.GetFullPath(file, _workingDirectory);
}
