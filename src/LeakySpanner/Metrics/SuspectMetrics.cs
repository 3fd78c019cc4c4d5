using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>Suspects of the last diagnosis of every living worker, read from its JSON (schema leakyspanner.diagnosis/1).</summary>
internal sealed partial class SuspectMetrics
{
    private const int Top = 10;

    /// <summary>Over the session.</summary>
    private const int MostNames = 100;

    private readonly LabelBudget _names = new(MostNames);

    public void Write(MetricsText text, ServiceView view)
    {
        var diagnoses = (from worker in view.Workers
                         let diagnosis = view.Diagnoses.LastOrDefault(diagnosis => diagnosis.Pid == worker.Pid)
                         where diagnosis is not null
                         select (Worker: worker, Diagnosis: diagnosis)).ToList();
        var suspects = diagnoses.SelectMany(row => Suspects(row.Diagnosis.Json).Select(suspect => (Worker: ServiceMetrics.Worker(row.Worker), Suspect: suspect))).ToList();

        text.Gauge("leakyspanner_suspect_growth_bytes_per_second", "Growth of what a suspect of the last diagnosis holds; the first 10.");
        foreach (var (worker, suspect) in suspects)
            text.Sample(suspect.GrowthPerMinute is { } pace ? Math.Round(pace / 60, 3) : null, worker, ("suspect", suspect.Name), ("kind", suspect.Kind));
        text.Gauge("leakyspanner_suspect_retained_bytes", "What would be freed if the suspect were gone.");
        foreach (var (worker, suspect) in suspects)
            text.Sample(suspect.Retained, worker, ("suspect", suspect.Name), ("kind", suspect.Kind));
        text.Gauge("leakyspanner_diagnosis_timestamp_seconds", "When the last diagnosis of the worker was made, since the epoch.");
        foreach (var (worker, diagnosis) in diagnoses)
            text.Sample(diagnosis.At.ToUnixTimeMilliseconds() / 1000.0, ServiceMetrics.Worker(worker));
        text.Gauge("leakyspanner_diagnosing", "1 while a diagnosis is being made.");
        text.Sample(view.IsDiagnosing ? 1 : 0);
    }

    private IEnumerable<Suspect> Suspects(string json)
    {
        List<Suspect> suspects = [];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("suspects", out var list) || list.ValueKind != JsonValueKind.Array)
                return [];
            foreach (var item in list.EnumerateArray().Take(Top))
            {
                // An address is another one after every restart.
                var name = Address().Replace(Text(item, "name") ?? "(unnamed)", "0x…");
                suspects.Add(new Suspect(_names.Label(name), Text(item, "kind") ?? "", Number(item, "growth_bytes_per_minute"), Number(item, "retained_bytes")));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not what the schema says: the endpoint `leaks` shows what there is.
            return [];
        }

        // Of several by one name, the first is the one that matters most.
        return suspects.Where(suspect => suspect.Name != LabelBudget.Other).DistinctBy(suspect => (suspect.Name, suspect.Kind));
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    [GeneratedRegex("0x[0-9a-fA-F]{4,}")]
    private static partial Regex Address();

    private sealed record Suspect(string Name, string Kind, double? GrowthPerMinute, double? Retained);
}
