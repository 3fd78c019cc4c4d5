using System.Text.Json;
using System.Text.Json.Nodes;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

/// <param name="Leak">True where a worker leaks; null where none does but it is too early to tell of one.</param>
/// <param name="Endpoints">Bytes that a request leaves behind, by regression over all workers.</param>
internal sealed record LeaksJson(
    string Schema,
    string Service,
    DateTimeOffset Time,
    bool? Leak,
    IReadOnlyList<WorkerVerdictJson> Workers,
    IReadOnlyList<CostJson> Endpoints,
    double? BackgroundBytesPerMinute,
    bool IsDiagnosing,
    IReadOnlyList<EmbeddedDiagnosisJson> Diagnoses,
    IReadOnlyList<string> Notes)
{
    public static LeaksJson Of(ServiceView view)
    {
        var outcomes = view.Workers.Select(worker => worker.Verdict.Outcome).ToList();
        return new LeaksJson(
            "leakyspanner.leaks/1",
            view.Service,
            view.Now,
            outcomes.Contains(Outcome.Leak) ? true : outcomes.Count > 0 && outcomes.TrueForAll(outcome => outcome == Outcome.NoLeak) ? false : null,
            [.. view.Workers.Select(worker => new WorkerVerdictJson(worker.Slot, worker.Pid, VerdictJson.Of(worker.Verdict)))],
            [.. view.Costs is { } costs ? costs.Routes.Select(CostJson.Of) : []],
            Figure.Rounded(view.Costs?.BackgroundBytesPerMinute, 1),
            view.IsDiagnosing,
            [.. view.Diagnoses.Select(EmbeddedDiagnosisJson.Of)],
            [.. view.Costs is { } known ? known.Notes : [], .. view.Notes]);
    }
}

internal sealed record WorkerVerdictJson(int Slot, int Pid, VerdictJson Verdict);

/// <param name="Diagnosis">As it was made, schema leakyspanner.diagnosis/1, but without what looks like a secret in its command line; null
/// where it could not be read.</param>
internal sealed record EmbeddedDiagnosisJson(int Pid, DateTimeOffset Time, string Headline, JsonObject? Diagnosis)
{
    public static EmbeddedDiagnosisJson Of(DiagnosisView view) => new(view.Pid, view.At, view.Headline, Parsed(view.Json));

    private static JsonObject? Parsed(string json)
    {
        try
        {
            var diagnosis = JsonNode.Parse(json) as JsonObject;
            if (diagnosis?["process"] is JsonObject process && process["command"] is JsonValue command && command.TryGetValue<string>(out var text))
                process["command"] = CommandSecrets.Hide(text);
            return diagnosis;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}

/// <param name="Started">False where one was being made already.</param>
/// <param name="Next">What to do to see it.</param>
internal sealed record DiagnosisAskedJson(string Schema, bool Started, string Next);
