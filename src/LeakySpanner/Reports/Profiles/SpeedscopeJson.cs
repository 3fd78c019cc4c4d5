using System.Text.Json;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports.Profiles;

/// <summary>The file format of speedscope (https://www.speedscope.app/file-format-schema.json): stacks over one table of frames.</summary>
internal static class SpeedscopeJson
{
    /// <param name="stream">Gets the file.</param>
    /// <param name="profiles">Named pictures, the first of which is shown first.</param>
    public static void Write(Stream stream, string name, IReadOnlyList<(string Name, AllocationProfile Profile)> profiles)
    {
        var frames = new Dictionary<string, (int Index, CallFrame? Frame)>(StringComparer.Ordinal);
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        writer.WriteString("exporter", "leakyspanner");
        writer.WriteString("name", FrameText.Plain(name));
        writer.WriteNumber("activeProfileIndex", 0);
        writer.WriteStartArray("profiles");
        foreach (var (title, profile) in profiles)
            WriteProfile(writer, title, profile, frames);
        writer.WriteEndArray();
        writer.WriteStartObject("shared");
        writer.WriteStartArray("frames");
        foreach (var (text, (_, frame)) in frames.OrderBy(entry => entry.Value.Index))
        {
            writer.WriteStartObject();
            writer.WriteString("name", frame is { } known ? FrameText.Plain(known.Function) : text);
            if (frame is { IsNative: false } python)
            {
                writer.WriteString("file", FrameText.Plain(python.File));
                writer.WriteNumber("line", python.Line);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter writer, string title, AllocationProfile profile, Dictionary<string, (int Index, CallFrame? Frame)> frames)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "sampled");
        writer.WriteString("name", FrameText.Plain(title));
        writer.WriteString("unit", "bytes");
        writer.WriteNumber("startValue", 0);
        writer.WriteNumber("endValue", Math.Round(profile.Bytes));
        writer.WriteStartArray("samples");
        foreach (var stack in profile.Stacks)
        {
            writer.WriteStartArray();
            foreach (var index in Indexes(stack, frames))
                writer.WriteNumberValue(index);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("weights");
        foreach (var stack in profile.Stacks)
            writer.WriteNumberValue(Math.Round(stack.Bytes));
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static IEnumerable<int> Indexes(StackAllocation stack, Dictionary<string, (int Index, CallFrame? Frame)> frames)
    {
        var texts = FrameText.Of(stack).ToArray();
        var notes = texts.Length - stack.Frames.Length;
        for (var i = 0; i < texts.Length; i++)
        {
            if (!frames.TryGetValue(texts[i], out var known))
                frames[texts[i]] = known = (frames.Count, i < notes ? null : stack.Frames[i - notes]);
            yield return known.Index;
        }
    }
}
