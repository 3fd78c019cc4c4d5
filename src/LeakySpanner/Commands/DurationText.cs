using System.CommandLine.Parsing;
using System.Globalization;

namespace LeakySpanner.Commands;

/// <summary>"60s", "2m", "1.5h", "500ms", or a plain number of seconds.</summary>
public static class DurationText
{
    private const double LongestSeconds = 30 * 24 * 3600;

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (suffix, unit) = Units.FirstOrDefault(candidate => text.EndsWith(candidate.Suffix, StringComparison.OrdinalIgnoreCase), ("", 1));
        var number = text.AsSpan(0, text.Length - suffix.Length);
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        var seconds = value * unit;
        if (seconds is <= 0 or > LongestSeconds || double.IsNaN(seconds))
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>For an option or argument of the command line.</summary>
    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!TryParse(text, out var duration))
            result.AddError($"'{text}' is not a duration: write 60s, 2m, 1h, or a number of seconds above 0");
        return duration;
    }
}
