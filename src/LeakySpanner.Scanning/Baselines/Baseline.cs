using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeakySpanner.Scanning.Baselines;

/// <summary>Findings that were there before, so that only new ones are told (schema leakyspanner.baseline/1).</summary>
public sealed class Baseline
{
    private const string Schema = "leakyspanner.baseline/1";

    private static readonly BaselineContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    });

    private readonly HashSet<string> _known;

    private Baseline(IEnumerable<string> known) => _known = new(known, StringComparer.Ordinal);

    /// <exception cref="FormatException">It is not a baseline.</exception>
    public static Baseline Parse(string text)
    {
        BaselineFile? file;
        try
        {
            file = JsonSerializer.Deserialize(text, Context.BaselineFile);
        }
        catch (JsonException exception)
        {
            throw new FormatException("it is not JSON of ours", exception);
        }

        if (file is not { Schema: Schema, Findings: { } findings })
            throw new FormatException($"its schema is not {Schema}");
        return new Baseline(findings.Select(finding => finding?.Fingerprint).OfType<string>());
    }

    /// <summary>The text of a baseline that knows these findings; rule and path are there for people.</summary>
    public static string Of(ScanResult result)
    {
        var fingerprints = Fingerprints.Of(result.Findings);
        var file = new BaselineFile(Schema, [.. result.Findings.Select((finding, i) => new KnownFinding(finding.Rule.Id, finding.File.Path, fingerprints[i]))]);
        return JsonSerializer.Serialize(file, Context.BaselineFile) + "\n";
    }

    /// <summary>The result without what is known.</summary>
    public ScanResult Apply(ScanResult result)
    {
        var fingerprints = Fingerprints.Of(result.Findings);
        var fresh = result.Findings.Where((_, i) => !_known.Contains(fingerprints[i])).ToList();
        return result with
        {
            Findings = fresh,
            Known = result.Findings.Count - fresh.Count,
            Mended = _known.Count - fingerprints.Count(_known.Contains),
        };
    }
}

internal sealed record BaselineFile(string? Schema, IReadOnlyList<KnownFinding?>? Findings);

internal sealed record KnownFinding(string? Rule, string? Path, string? Fingerprint);

[JsonSerializable(typeof(BaselineFile))]
internal sealed partial class BaselineContext : JsonSerializerContext;
