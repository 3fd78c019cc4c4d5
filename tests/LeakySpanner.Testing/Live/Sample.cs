using System.Text.Json;

namespace LeakySpanner.Testing.Live;

/// <summary>One service of samples/ and what its sample.json says of it.</summary>
/// <param name="Name">Its folder: "shop-api".</param>
/// <param name="Culprit">Null where it is healthy.</param>
/// <param name="Rate">Requests per second of its load.</param>
public sealed record Sample(string Name, Culprit? Culprit, double Rate)
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "samples");

    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Directory.GetFiles(Folder, "sample.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>Where uvicorn is started.</summary>
    public string Home => Path.Combine(Folder, Name);

    /// <summary>Its load and what a diagnosis has to say.</summary>
    public string Description => Path.Combine(Home, "sample.json");

    public static Sample Named(string name) => All.Single(sample => sample.Name == name);

    private static Sample Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = document.RootElement;
        var culprit = root.GetProperty("leak").GetBoolean() ? Culprit.Read(root.GetProperty("culprit")) : null;
        return new Sample(
            Path.GetFileName(Path.GetDirectoryName(file)!), culprit, root.GetProperty("load").GetProperty("rate").GetDouble());
    }
}

/// <summary>What a diagnosis has to name. Null where a sample leaves it open.</summary>
/// <param name="Kinds">Kinds of suspect that are right.</param>
/// <param name="Name">Words separated by dots that the suspect's name and path hold.</param>
public sealed record Culprit(IReadOnlyList<string> Kinds, string? Name, string? File, string? Function, string? Endpoint)
{
    public static Culprit Read(JsonElement json) => new(
        [.. json.GetProperty("kind").EnumerateArray().Select(kind => kind.GetString()!)],
        Text(json, "name"), Text(json, "file"), Text(json, "function"), Text(json, "endpoint"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
