using System.Globalization;
using System.Text.RegularExpressions;

namespace LeakySpanner.LiveTests.Sampling;

/// <summary>What `run` says of one process.</summary>
/// <param name="Peak">Bytes, as printed.</param>
/// <param name="Live">Bytes at the end, as printed.</param>
/// <param name="Errors">Relative standard errors by line, as printed.</param>
/// <param name="Lines">Bytes at the peak by the innermost line of Python code, of the file that was written.</param>
internal sealed partial record SampledProgram(double Peak, double Live, Dictionary<int, double> Errors, Dictionary<int, double> Lines)
{
    /// <param name="text">What it printed.</param>
    /// <param name="profiles">The files that it wrote, by pid.</param>
    public static IReadOnlyList<SampledProgram> Parse(string text, IReadOnlyDictionary<string, string> profiles)
    {
        var programs = new List<SampledProgram>();
        foreach (var line in Broken().Replace(text, " ").Split('\n'))
        {
            if (Head().Match(line) is { Success: true } head)
                programs.Add(new SampledProgram(Bytes(head.Groups["peak"].Value), Bytes(head.Groups["live"].Value), [], ByLine(profiles.GetValueOrDefault(head.Groups["pid"].Value, ""))));
            else if (programs.Count > 0 && Row().Match(line) is { Success: true } row)
                programs[^1].Errors.TryAdd(int.Parse(row.Groups["line"].Value, CultureInfo.InvariantCulture), double.Parse(row.Groups["error"].Value, CultureInfo.InvariantCulture) / 100);
        }

        return programs;
    }

    /// <summary>Of lines in files of Targets, which have different names.</summary>
    private static Dictionary<int, double> ByLine(string collapsed)
    {
        var found = new Dictionary<int, double>();
        foreach (Match stack in Stack().Matches(collapsed))
        {
            var line = int.Parse(stack.Groups["line"].Value, CultureInfo.InvariantCulture);
            found[line] = found.GetValueOrDefault(line) + double.Parse(stack.Groups["bytes"].Value, CultureInfo.InvariantCulture);
        }

        return found;
    }

    private static double Bytes(string text)
    {
        var parts = text.Split(' ');
        return double.Parse(parts[0], CultureInfo.InvariantCulture) * parts[1] switch { "B" or "bytes" => 1, "KB" => 1024, "MB" => 1048576, "GB" => 1073741824, var unit => throw new FormatException(unit) };
    }

    /// <summary>Where a long line goes on.</summary>
    [GeneratedRegex(@"\n {6}(?![\d.]+ [KMG]?B  )(?=\S)")]
    private static partial Regex Broken();

    [GeneratedRegex(@" \(pid (?<pid>\d+)\): (?<peak>[\d.]+ \w+) at the peak, (?<live>[\d.]+ \w+) at the end")]
    private static partial Regex Head();

    [GeneratedRegex(@"± *(?<error>[\d.]+) ?% +(?<function>.*) \(/tmp/.*:(?<line>\d+)\)$")]
    private static partial Regex Row();

    /// <summary>Behind the innermost Python function there may be one of a library, which has no line.</summary>
    [GeneratedRegex(@"^(.*;)?[^;\n]*\(/tmp/[^;\n]*:(?<line>\d+)\)(;[^;(\n]+)? (?<bytes>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Stack();
}
