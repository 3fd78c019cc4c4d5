using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeakySpanner.Sidecar;

namespace LeakySpanner.Web.Json;

/// <summary>How everything served is written: snake_case, base units, null where something is not known.</summary>
internal static class WebJson
{
    public static readonly WebJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // Routes stay readable in a terminal. It is served as application/json with nosniff, so that no browser takes it for a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // What the shim sends is either whole or refused.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        MaxDepth = 16,
    });
}

[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(IndexJson))]
[JsonSerializable(typeof(SnapshotJson))]
[JsonSerializable(typeof(GrowthJson))]
[JsonSerializable(typeof(HistoryJson))]
[JsonSerializable(typeof(LeaksJson))]
[JsonSerializable(typeof(DiagnosisAskedJson))]
[JsonSerializable(typeof(ProcessInfoJson))]
[JsonSerializable(typeof(AllocationsJson))]
[JsonSerializable(typeof(GcJson))]
[JsonSerializable(typeof(CollectedJson))]
[JsonSerializable(typeof(WorkerRegistration))]
[JsonSerializable(typeof(WorkerWelcome))]
[JsonSerializable(typeof(WorkerAgent))]
[JsonSerializable(typeof(CollectionReport))]
internal sealed partial class WebJsonContext : JsonSerializerContext;

/// <param name="Error">One line that says what to do.</param>
internal sealed record ErrorJson(string Error);
