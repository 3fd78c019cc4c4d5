using System.Globalization;
using System.Text.Json;
using LeakySpanner.Commands;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Sampling;

namespace LeakySpanner.Reports.Profiles;

/// <summary>Where `run` writes to, and in which format.</summary>
/// <param name="Format">One of <see cref="Formats"/>.</param>
/// <param name="Path">As the user said it, null for a name of ours in the working directory.</param>
internal sealed record ProfileFile(string Format, string? Path)
{
    private const string PidMark = "{pid}";

    private static readonly (string Format, string Extension)[] Known =
        [("html", "html"), ("json", "memory.json"), ("speedscope", "speedscope.json"), ("pprof", "pb.gz"), ("collapsed", "collapsed")];

    public static string[] Formats => [.. Known.Select(known => known.Format)];

    private string Extension => Known.First(known => known.Format == Format).Extension;

    /// <summary>Whether the formats of processes that have nothing to do with one another are files of their own: a page and our own file tell them apart.</summary>
    private bool IsPerProcess => Name.Contains(PidMark, StringComparison.Ordinal) && (Path is not null || Format is not ("html" or "json"));

    private string Name => Path ?? $"leakyspanner-{PidMark}.{Extension}";

    /// <summary>As asked for; otherwise what the file's name ends with says it; otherwise a page.</summary>
    public static ProfileFile Of(string? format, string? path) => new(
        format ?? Known.FirstOrDefault(known => path is not null && path.EndsWith("." + known.Extension, StringComparison.OrdinalIgnoreCase)).Format ?? "html", path);

    /// <summary>Before an hour is spent in vain.</summary>
    /// <exception cref="UsageException">There is no such folder, or it cannot be written to.</exception>
    public void Check()
    {
        if (Format is "html")
            FlameGraphPage.Check();
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Name))!;
        if (!Directory.Exists(folder))
            throw new UsageException($"{folder} does not exist: make it, or say another --output");
        var probe = System.IO.Path.Combine(folder, $".leakyspanner-{Environment.ProcessId}");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder} cannot be written to: say another --output");
        }
    }

    /// <summary>Each file is whole or not there.</summary>
    /// <param name="processes">Of the run.</param>
    /// <param name="ended">False where they still run.</param>
    /// <param name="time">Of the day.</param>
    /// <returns>The files.</returns>
    public IReadOnlyList<string> Write(IReadOnlyList<SampledProcess> processes, bool ended, DateTimeOffset time)
    {
        var sampled = processes.Where(process => process.Counts.Samples > 0).ToArray();
        if (sampled.Length == 0)
            return [];
        if (sampled.Length > 1 && IsPerProcess)
            return [.. sampled.Select(process => Write(Name.Replace(PidMark, Text(process.Pid), StringComparison.Ordinal), [process], ended, time))];
        return [Write(Name.Replace(PidMark, Text(sampled[0].Pid), StringComparison.Ordinal), sampled, ended, time)];
    }

    private string Write(string path, IReadOnlyList<SampledProcess> processes, bool ended, DateTimeOffset time)
    {
        var beside = $"{path}.{Environment.ProcessId}";
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            Write(stream, processes, ended, time);
        File.Move(beside, path, overwrite: true);
        return path;
    }

    private void Write(Stream stream, IReadOnlyList<SampledProcess> processes, bool ended, DateTimeOffset time)
    {
        switch (Format)
        {
            case "html":
                FlameGraphPage.Write(stream, SavedRunBuilder.Of(processes, ended, time));
                break;
            case "json":
                JsonSerializer.Serialize(stream, SavedRunBuilder.Of(processes, ended, time), SavedRunContext.Default.SavedRun);
                break;
            case "pprof":
                PprofProfile.Write(stream, Joined(processes, process => process.Peak), Joined(processes, process => process.Live), time);
                break;
            case "collapsed":
                using (var writer = new StreamWriter(stream, leaveOpen: true))
                {
                    foreach (var process in processes)
                        CollapsedStacks.Write(writer, process.Peak, processes.Count > 1 ? FrameText.Plain($"{process.Pid} {process.Command}") : null);
                }

                break;
            default:
                SpeedscopeJson.Write(stream, processes[0].Command,
                [
                    .. processes.SelectMany(process => Pictures(process).Select(picture => (Title(process, picture.Moment), picture.Profile))),
                ]);
                break;
        }

        string Title(SampledProcess process, string moment) => processes.Count == 1 ? moment : $"{process.Pid} {process.Command}: {moment}";
    }

    private static IEnumerable<(string Moment, AllocationProfile Profile)> Pictures(SampledProcess process)
    {
        yield return ("at the peak", process.Peak);
        yield return ("at the end", process.Live);
        if (process.Growth is { } growth)
            yield return ($"growth since {Phrase.Duration(growth.Since)}", growth.Profile);
    }

    private static AllocationProfile Joined(IReadOnlyList<SampledProcess> processes, Func<SampledProcess, AllocationProfile> choose)
    {
        var profiles = processes.Select(choose).ToArray();
        return new AllocationProfile([.. profiles.SelectMany(profile => profile.Stacks)], profiles[0].MeanBytes, profiles.Max(profile => profile.Time));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
