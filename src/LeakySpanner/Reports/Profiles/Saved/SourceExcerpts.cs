namespace LeakySpanner.Reports.Profiles.Saved;

/// <summary>The lines of source that a traceback shows, with two before and after each.</summary>
internal static class SourceExcerpts
{
    private const int Around = 2;
    private const int LongestLine = 300;

    /// <summary>Characters of all together: a picture is to open at once.</summary>
    private const int MostText = 4 << 20;

    /// <param name="files">Lines by file.</param>
    /// <param name="read">A file's text, null where it cannot be read.</param>
    public static IReadOnlyList<SavedSource> Of(IEnumerable<IGrouping<string, int>> files, Func<string, string?> read)
    {
        var sources = new List<SavedSource>();
        var left = MostText;
        foreach (var file in files)
        {
            if (left <= 0 || read(file.Key) is not { } text)
                continue;
            var wanted = file.SelectMany(line => Enumerable.Range(line - Around, (2 * Around) + 1)).ToHashSet();
            var lines = new List<SavedLine>();
            var number = 0;
            foreach (var line in Lines(text))
            {
                if (!wanted.Contains(++number))
                    continue;
                var shown = Shown(line);
                left -= shown.Length;
                lines.Add(new SavedLine(number, shown));
            }

            sources.Add(new SavedSource(FrameText.Plain(file.Key), lines));
        }

        return sources;
    }

    /// <summary>A line as it is kept: without tabs and control characters, and not for ever.</summary>
    public static string Shown(string line)
    {
        var spaced = line.Replace("\t", "    ", StringComparison.Ordinal);
        return FrameText.Plain(spaced.Length > LongestLine ? spaced[..LongestLine] + "…" : spaced);
    }

    /// <summary>As Python counts them: \n, \r\n and \r end a line.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
