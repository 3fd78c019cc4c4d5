using System.Globalization;
using LeakySpanner.Model;

namespace LeakySpanner.Reports;

/// <summary>Numbers as a person says them. All reports use these, so that a figure reads the same everywhere.</summary>
public static class Phrase
{
    /// <summary>"+12.3 MB/min", "-0.04 MB/min".</summary>
    public static string Growth(double bytesPerMinute) => Signed(bytesPerMinute / ByteSize.MB) + " MB/min";

    /// <summary>"95 % CI 11.6 to 13.1", in the unit of <see cref="Growth"/>.</summary>
    public static string Interval(double low, double high) =>
        string.Create(CultureInfo.InvariantCulture, $"95 % CI {Plain(low / ByteSize.MB)} to {Plain(high / ByteSize.MB)}");

    public static string Bytes(long bytes) => new ByteSize(bytes).ToString();

    /// <summary>"+1.4 MB", "-12 KB", "+0 B".</summary>
    public static string Change(long bytes) => (bytes < 0 ? "" : "+") + Bytes(bytes);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"+5,012", "-3", "+0".</summary>
    public static string CountChange(long count) => (count < 0 ? "" : "+") + Count(count);

    /// <summary>"+5,012", "+0.4": whole numbers unless that would hide it.</summary>
    public static string Rate(double perMinute) =>
        perMinute.ToString(Math.Abs(perMinute) < 10 ? "+0.#;-0.#;0" : "+#,##0;-#,##0;0", CultureInfo.InvariantCulture);

    /// <summary>"94 %", "under 1 %".</summary>
    public static string Share(double share)
    {
        var percent = share * 100;
        return percent is > 0 and < 1 ? "under 1 %" : percent.ToString("0", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>"55 s", "41 min", "5.2 h", "12 days": one unit, as precise as it deserves.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => Number(duration.TotalSeconds, "0.#", " s"),
        { TotalSeconds: < 120 } => Number(duration.TotalSeconds, "0", " s"),
        { TotalMinutes: < 120 } => Number(duration.TotalMinutes, "0", " min"),
        { TotalHours: < 48 } => Number(duration.TotalHours, "0.#", " h"),
        { TotalDays: < 365 } => Number(duration.TotalDays, "0", " days"),
        _ => "more than a year",
    };

    public static string Milliseconds(double milliseconds) => Number(milliseconds, milliseconds < 10 ? "0.#" : "0", " ms");

    /// <summary>"1 fault", "12 faults".</summary>
    public static string Plural(long count, string noun) => Count(count) + " " + noun + (count == 1 ? "" : "s");

    private static string Signed(double value) => value.ToString(Format(value, "+", "-"), CultureInfo.InvariantCulture);

    private static string Plain(double value) => value.ToString(Format(value, "", "-"), CultureInfo.InvariantCulture);

    private static string Format(double value, string plus, string minus)
    {
        var digits = Math.Abs(value) switch { < 1 => "0.00", < 1000 => "0.0", _ => "#,##0" };
        return $"{plus}{digits};{minus}{digits};0.00";
    }

    private static string Number(double value, string format, string unit) => value.ToString(format, CultureInfo.InvariantCulture) + unit;
}
