using LeakySpanner.Commands;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Reports.Profiles.Saved;

namespace LeakySpanner.Sessions.Lines;

/// <summary>Joins samples with a source file.</summary>
internal static class LinesSession
{
    /// <param name="run">What was saved.</param>
    /// <param name="asked">The file as the user names it: its end is enough (app/cache.py).</param>
    /// <param name="text">Its text as it is now, null where it cannot be read.</param>
    /// <exception cref="UsageException">No sample passed through such a file, or several are called so.</exception>
    public static AnnotatedFile Annotate(SavedRun run, string asked, string? text)
    {
        var file = FileOf(run, asked);
        var (live, peak) = (Totals(run, file, "end"), Totals(run, file, "peak"));
        var saved = run.Processes.SelectMany(process => process.Sources).Where(source => source.File == file).SelectMany(source => source.Lines)
            .GroupBy(line => line.Line).ToDictionary(group => group.Key, group => group.First().Text);
        var source = text is null ? saved : NumberedLines(text);
        List<string> notes = [.. run.Processes.SelectMany(process => process.Notes).Distinct()];
        if (text is null && saved.Count > 0)
            notes.Add($"{asked} is not there now: the lines are those that were saved with the samples");
        else if (saved.Any(line => !source.TryGetValue(line.Key, out var now) || SourceExcerpts.Shown(now) != line.Value))
            notes.Add($"{asked} has changed since the samples were taken: numbers may stand beside the wrong lines");

        var numbers = source.Keys.Union(live.Lines.Keys).Union(peak.Lines.Keys).Order();
        return new AnnotatedFile(file, live.All, peak.All,
        [
            .. numbers.Select(number =>
            {
                var (alive, most) = (live.Lines.GetValueOrDefault(number), peak.Lines.GetValueOrDefault(number));
                return new AnnotatedLine(number, source.GetValueOrDefault(number), alive, most, live.All > 0 ? alive.WithCalls / (double)live.All : 0);
            }),
        ], notes);
    }

    private static string FileOf(SavedRun run, string asked)
    {
        var files = run.Processes.SelectMany(process => process.Frames).Select(frame => frame.File).Where(name => name.Length > 0).Distinct().ToArray();
        var whole = Path.GetFullPath(asked);
        if (files.FirstOrDefault(name => name == whole || name == asked) is { } exact)
            return exact;
        var end = asked.StartsWith("./", StringComparison.Ordinal) ? asked[2..] : asked;
        var matches = files.Where(name => name.EndsWith("/" + end, StringComparison.Ordinal) || whole.EndsWith("/" + name, StringComparison.Ordinal)).ToArray();
        return matches switch
        {
            [var only] => only,
            [] => throw new UsageException($"no sample passed through {asked}; most memory came through {FrameText.Plain(string.Join(", ", Largest(run)))}"),
            _ => throw new UsageException($"{asked} may be {FrameText.Plain(string.Join(" or ", matches.Take(5)))}: say more of its path"),
        };
    }

    /// <summary>Files whose lines allocated most, those of the user's before those of packages.</summary>
    private static IEnumerable<string> Largest(SavedRun run)
    {
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var process in run.Processes)
        {
            foreach (var moment in process.Moments.Where(moment => moment.Kind == "peak"))
            {
                for (var i = 0; i < moment.Stacks.Length; i++)
                {
                    foreach (var file in process.Stacks[moment.Stacks[i]].Frames.Select(frame => process.Frames[frame].File).Distinct())
                        bytes[file] = bytes.GetValueOrDefault(file) + moment.Bytes[i];
                }
            }
        }

        return bytes.Where(file => file.Key.EndsWith(".py", StringComparison.Ordinal))
            .OrderBy(file => file.Key.Contains("/lib/python", StringComparison.Ordinal) || file.Key.Contains("-packages/", StringComparison.Ordinal))
            .ThenByDescending(file => file.Value).Take(3).Select(file => file.Key).DefaultIfEmpty("no file that has a name");
    }

    private static (long All, Dictionary<int, LineBytes> Lines) Totals(SavedRun run, string file, string kind)
    {
        var lines = new Dictionary<int, LineBytes>();
        var all = 0L;
        foreach (var process in run.Processes)
        {
            foreach (var moment in process.Moments.Where(moment => moment.Kind == kind))
            {
                for (var i = 0; i < moment.Stacks.Length; i++)
                {
                    var bytes = moment.Bytes[i];
                    all += bytes;
                    var frames = process.Stacks[moment.Stacks[i]].Frames.Select(frame => process.Frames[frame]).Where(frame => frame.File.Length > 0).ToArray();
                    // A line that calls itself counts once.
                    foreach (var line in frames.Where(frame => frame.File == file).Select(frame => frame.Line).Distinct())
                    {
                        var own = frames[^1].File == file && frames[^1].Line == line ? bytes : 0;
                        var before = lines.GetValueOrDefault(line);
                        lines[line] = new LineBytes(before.Own + own, before.WithCalls + bytes);
                    }
                }
            }
        }

        return (all, lines);
    }

    private static Dictionary<int, string> NumberedLines(string text)
    {
        var lines = new Dictionary<int, string>();
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
            lines[lines.Count + 1] = line;
        return lines;
    }
}
