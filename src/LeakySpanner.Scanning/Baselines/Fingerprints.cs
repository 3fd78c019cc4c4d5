using System.Security.Cryptography;
using System.Text;
using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Scanning.Baselines;

/// <summary>
/// What a finding is known by from one scan to the next: its rule, its file, the text of its line, and its number among equal ones. Line numbers are left
/// out, so that code above it may change.
/// </summary>
public static class Fingerprints
{
    private const int Length = 16;

    /// <summary>One for each finding, in their order; 32 hexadecimal digits.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<Finding> findings)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. findings.Select(finding =>
        {
            var line = string.Join(' ', finding.File.LineText(finding.Position.Line).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var place = $"{finding.Rule.Id}\n{finding.File.Path}\n{line}";
            var number = seen[place] = seen.GetValueOrDefault(place) + 1;
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{place}\n{number}")).AsSpan(0, Length));
        })];
    }
}
