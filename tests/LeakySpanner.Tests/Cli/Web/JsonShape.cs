using System.Text.Json;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>Compares JSON with a schema, strictly: a field that is not described is as wrong as one that is missing. As much of JSON Schema as our description uses.</summary>
internal sealed class JsonShape(JsonElement description)
{
    /// <summary>What is wrong, one line each; with where.</summary>
    public List<string> Faults(JsonElement schema, JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, value, "$", faults);
        return faults;
    }

    private void Check(JsonElement schema, JsonElement value, string where, List<string> faults)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(description.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), value, where, faults);
            return;
        }

        if (schema.TryGetProperty("anyOf", out var choices))
        {
            if (!choices.EnumerateArray().Any(choice => Faults(choice, value).Count == 0))
            {
                // The first is the interesting one; the other is null.
                Check(choices[0], value, where, faults);
            }

            return;
        }

        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(type => type.GetString())] : new[] { schema.GetProperty("type").GetString() };
        if (!types.Any(type => Is(type!, value)))
            faults.Add($"{where}: {value.ValueKind} is not {string.Join(" or ", types)}");
        if (schema.TryGetProperty("const", out var constant) && constant.GetString() != value.GetString())
            faults.Add($"{where}: {value} is not {constant}");
        if (schema.TryGetProperty("enum", out var known) && known.EnumerateArray().All(item => item.GetString() != value.GetString()))
            faults.Add($"{where}: {value} is none of {known}");
        if (schema.TryGetProperty("format", out _) && value.ValueKind == JsonValueKind.String && !value.TryGetDateTimeOffset(out _))
            faults.Add($"{where}: {value} is no time");
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (i, item) in value.EnumerateArray().Index())
                Check(schema.GetProperty("items"), item, $"{where}[{i}]", faults);
        }

        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
            return;
        foreach (var required in schema.GetProperty("required").EnumerateArray())
        {
            if (!value.TryGetProperty(required.GetString()!, out _))
                faults.Add($"{where}.{required} is described and not served");
        }

        foreach (var property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out var inner))
                Check(inner, property.Value, $"{where}.{property.Name}", faults);
            else
                faults.Add($"{where}.{property.Name} is served and not described");
        }
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not known"),
    };
}
