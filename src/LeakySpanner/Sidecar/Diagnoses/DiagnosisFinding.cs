using System.Text.Json;

namespace LeakySpanner.Sidecar.Diagnoses;

/// <summary>What a log says of a diagnosis: its first suspect.</summary>
/// <param name="Outcome">"leak", "no_leak", "too_early_to_tell".</param>
/// <param name="Headline">One line.</param>
/// <param name="Details">Label and text: kept alive by, filled at, allocated at, by endpoint, fix.</param>
internal sealed record DiagnosisFinding(string Outcome, string Headline, IReadOnlyList<(string Label, string Text)> Details)
{
    /// <param name="json">Schema leakyspanner.diagnosis/1.</param>
    /// <returns>Null where that is not what it is.</returns>
    public static DiagnosisFinding? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var verdict = root.GetProperty("verdict");
            var outcome = Text(verdict, "outcome") ?? "";
            var suspects = root.GetProperty("suspects");
            return suspects.GetArrayLength() == 0
                ? new DiagnosisFinding(outcome, Text(verdict, "reason") ?? outcome, [])
                : new DiagnosisFinding(outcome, Headlined(suspects[0]), [.. Detailed(suspects[0])]);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Headlined(JsonElement suspect)
    {
        var name = Text(suspect, "name") ?? "(unnamed)";
        var type = Text(suspect, "type") is { } said && said != name ? $" ({said})" : "";
        var share = Number(suspect, "share_of_growth") is { } part ? $" explains {Reports.Phrase.Share(part)} of the growth" : "";
        var site = Sites(suspect, fills: true).FirstOrDefault() is { } filled ? $", filled at {filled}" : "";
        return name + type + share + site;
    }

    private static IEnumerable<(string Label, string Text)> Detailed(JsonElement suspect)
    {
        var path = Items(suspect, "path").Select(step => step.GetString()).ToList();
        if (path.Count > 0)
            yield return ("kept alive by", string.Join(" > ", path));
        foreach (var site in Sites(suspect, fills: true).Take(3))
            yield return ("filled at", site);
        foreach (var site in Sites(suspect, fills: false).Take(3))
            yield return ("allocated at", site);
        foreach (var endpoint in Items(suspect, "endpoints").Take(3))
        {
            var bytes = Number(endpoint, "bytes_per_request") is { } perRequest ? $"  {Reports.Phrase.Bytes((long)perRequest)} per request" : "";
            yield return ("by endpoint", Text(endpoint, "route") + bytes);
        }

        if (Text(suspect, "fix") is { } fix)
            yield return ("fix", fix);
    }

    private static IEnumerable<string> Sites(JsonElement suspect, bool fills) =>
        Items(suspect, "allocated_at").Where(site => fills != (site.TryGetProperty("fills", out var value) && value.ValueKind == JsonValueKind.False)).Select(site => $"{Text(site, "file")}:{Number(site, "line"):0}  {Text(site, "function")}()");

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
