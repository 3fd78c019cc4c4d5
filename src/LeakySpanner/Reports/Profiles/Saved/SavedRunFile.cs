using System.Text.Json;
using LeakySpanner.Commands;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Reports.Profiles.Saved;

/// <summary>Reads what `run` has saved: its page or its JSON. Whoever wrote the file, numbers in it lead nowhere outside of it.</summary>
internal static class SavedRunFile
{
    private const int Largest = 512 << 20;

    private static readonly string[] Patterns = ["leakyspanner-*.html", "leakyspanner-*.memory.json"];

    /// <summary>What `run` last wrote into a folder under a name of its own; null where there is nothing.</summary>
    public static string? Newest(string folder) => Patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).MaxBy(File.GetLastWriteTimeUtc);

    /// <exception cref="UsageException">It cannot be read, or is no such file.</exception>
    public static SavedRun Read(string path)
    {
        if (TextFile.TryRead(path, Largest) is not { } text)
            throw new UsageException($"{path} cannot be read: name a page or a .memory.json that leakyspanner run has written");
        try
        {
            var json = text.TrimStart().StartsWith('{') ? text : FlameGraphPage.DataOf(text);
            if (json is not null && JsonSerializer.Deserialize(json, SavedRunContext.Default.SavedRun) is { Schema: SavedRun.Name, Processes: not null } run && run.Processes.All(IsWhole))
                return run;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new UsageException($"{path} is no page or .memory.json of leakyspanner run ({SavedRun.Name})");
    }

    private static bool IsWhole(SavedProcess? process) =>
        process is { Command: not null, Runtime: not null, Frames: not null, Stacks: not null, Moments: not null, Sources: not null, Notes: not null }
        && process.Frames.All(frame => frame is { Function: not null, File: not null })
        && process.Stacks.All(stack => stack?.Frames is { } frames && frames.All(frame => frame >= 0 && frame < process.Frames.Count))
        && process.Moments.All(moment => moment is { Kind: not null, Stacks: { } stacks, Bytes: { } bytes, Blocks: { } blocks, Samples: { } samples, Errors: { } errors }
            && bytes.Length == stacks.Length && blocks.Length == stacks.Length && samples.Length == stacks.Length && errors.Length == stacks.Length
            && stacks.All(stack => stack >= 0 && stack < process.Stacks.Count))
        && process.Sources.All(source => source is { File: not null, Lines: not null } && source.Lines.All(line => line.Text is not null));
}
