using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests;

/// <summary>What `diagnose --json` printed, read by the contract of schema leakyspanner.diagnosis/1 and nothing else.</summary>
internal sealed class DiagnosisAnswer
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly JsonElement _root;

    public DiagnosisAnswer(string json)
    {
        _root = JsonDocument.Parse(json).RootElement;
        Text = JsonSerializer.Serialize(_root, Indented);
    }

    /// <summary>The whole answer, for a failing test to show.</summary>
    public string Text { get; }

    public string Schema => _root.GetProperty("schema").GetString()!;

    public JsonElement Process => _root.GetProperty("process");

    /// <summary>Null while it is too early to tell.</summary>
    public bool? Leak => _root.GetProperty("verdict").GetProperty("leak") is { ValueKind: not JsonValueKind.Null } leak ? leak.GetBoolean() : null;

    public long ObjectsSeen => _root.GetProperty("coverage").GetProperty("objects_seen").GetInt64();

    public double PausedMilliseconds => _root.GetProperty("coverage").GetProperty("paused_ms").GetDouble();

    public long BalanceBytes => _root.GetProperty("balance").EnumerateArray().Sum(line => line.GetProperty("bytes").GetInt64());

    public long? BalanceOf(string name) => _root.GetProperty("balance").EnumerateArray()
        .Where(line => line.GetProperty("name").GetString() == name).Select(line => (long?)line.GetProperty("bytes").GetInt64()).FirstOrDefault();

    private JsonElement First => _root.GetProperty("suspects").EnumerateArray().OrderBy(suspect => suspect.GetProperty("rank").GetInt32()).First();

    /// <summary>How the first suspect is reached from a root.</summary>
    public IReadOnlyList<string> FirstPath => [.. First.GetProperty("path").EnumerateArray().Select(step => step.GetString()!)];

    /// <summary>Where the first suspect is filled.</summary>
    public IReadOnlyList<int> FirstLines => [.. First.GetProperty("allocated_at").EnumerateArray().Select(site => site.GetProperty("line").GetInt32())];

    /// <summary>In which points the first suspect is not the culprit; empty where it is.</summary>
    public IReadOnlyList<string> Differences(Culprit culprit)
    {
        if (_root.GetProperty("suspects").GetArrayLength() == 0)
            return ["no suspect is named"];
        var differences = new List<string>();
        var kind = First.GetProperty("kind").GetString()!;
        if (!culprit.Kinds.Contains(kind))
            differences.Add($"kind is {kind}, not {string.Join(" or ", culprit.Kinds)}");

        var names = string.Join(' ', [First.GetProperty("name").GetString()!, .. First.GetProperty("path").EnumerateArray().Select(step => step.GetString()!)]);
        if (culprit.Name is { } name && !name.Split('.').All(word => Regex.IsMatch(names, $@"(?<!\w){Regex.Escape(word)}(?!\w)")))
            differences.Add($"name and path are '{names}', and do not lead to {name}");

        var sites = First.GetProperty("allocated_at").EnumerateArray().Select(site =>
            (File: site.GetProperty("file").GetString()!, Line: site.GetProperty("line").GetInt32(), Function: site.GetProperty("function").GetString()!)).ToList();
        if (culprit.File is { } file && !sites.Any(site => IsAt(site.File, file) && site.Line > 0 && (culprit.Function is null || NamesFunction(site.Function, culprit.Function))))
            differences.Add($"allocated_at is [{string.Join(", ", sites)}], not {file} {culprit.Function}");

        var routes = First.GetProperty("endpoints").EnumerateArray().Select(endpoint => endpoint.GetProperty("route").GetString()!).ToList();
        if (culprit.Endpoint is { } route && !routes.Contains(route))
            differences.Add($"endpoints are [{string.Join(", ", routes)}], not {route}");
        return differences;
    }

    private static bool IsAt(string path, string file) => path == file || path.EndsWith("/" + file, StringComparison.Ordinal);

    /// <summary>A function may be given with its qualified name: "SessionRegistry.open".</summary>
    private static bool NamesFunction(string given, string function) => given == function || given.EndsWith("." + function, StringComparison.Ordinal);
}
