using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;
using LeakySpanner.Sessions.Logs;

namespace LeakySpanner.Reports;

/// <summary>Reports as one JSON object on one line.</summary>
public static class ReportJson
{
    private static readonly ReportJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // Routes and fixes stay readable; nothing here goes into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Of(Diagnosis diagnosis) => JsonSerializer.Serialize(DiagnosisJson.Of(diagnosis), Context.DiagnosisJson);

    public static string Of(IEnumerable<Diagnosis> diagnoses) => JsonSerializer.Serialize(
        new DiagnosesJson("leakyspanner.diagnoses/1", [.. diagnoses.Select(DiagnosisJson.Of)]), Context.DiagnosesJson);

    public static string Of(Detection detection) => JsonSerializer.Serialize(DetectJson.Of(detection), Context.DetectJson);

    public static string Of(IEnumerable<Detection> detections) => JsonSerializer.Serialize(
        new DetectionsJson("leakyspanner.detections/1", [.. detections.Select(DetectJson.Of)]), Context.DetectionsJson);

    public static string Of(ProcessFacts process, HeapCensus census, int rows) =>
        JsonSerializer.Serialize(CensusJson.Of(process, census, rows), Context.CensusJson);

    public static string Of(ProcessFacts process, AllocationTable table) =>
        JsonSerializer.Serialize(AllocationsJson.Of(process, table), Context.AllocationsJson);

    internal static string Of(LinesJson lines) => JsonSerializer.Serialize(lines, Context.LinesJson);

    public static string Of(Doctor.Examination examination) => JsonSerializer.Serialize(DoctorJson.Of(examination), Context.DoctorJson);

    public static string Of(ProcessFacts process, TrackRound round, int rows) =>
        JsonSerializer.Serialize(TrackJson.Of(process, round, rows), Context.TrackJson);

    internal static string Of(LogReport report) => JsonSerializer.Serialize(LogsJson.Of(report), Context.LogsJson);
}

[JsonSerializable(typeof(DiagnosisJson))]
[JsonSerializable(typeof(CensusJson))]
[JsonSerializable(typeof(AllocationsJson))]
[JsonSerializable(typeof(TrackJson))]
[JsonSerializable(typeof(DetectJson))]
[JsonSerializable(typeof(DetectionsJson))]
[JsonSerializable(typeof(DiagnosesJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(LinesJson))]
[JsonSerializable(typeof(LogsJson))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
