using System.Globalization;
using LeakySpanner.Commands;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;

namespace LeakySpanner.Reports.Profiles;

/// <summary>Where `run` writes to, and in which format.</summary>
/// <param name="Format">speedscope, pprof or collapsed.</param>
/// <param name="Path">As the user said it, null for a name of ours in the working directory.</param>
internal sealed record ProfileFile(string Format, string? Path)
{
    private const string PidMark = "{pid}";

    private string Extension => Format switch { "pprof" => "pb.gz", "collapsed" => "collapsed", _ => "speedscope.json" };

    private string Name => Path ?? $"leakyspanner-{PidMark}.{Extension}";

    /// <summary>Before an hour is spent in vain.</summary>
    /// <exception cref="UsageException">There is no such folder, or it cannot be written to.</exception>
    public void Check()
    {
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
    /// <returns>The files.</returns>
    public IReadOnlyList<string> Write(IReadOnlyList<SampledProcess> processes, DateTimeOffset time)
    {
        var sampled = processes.Where(process => process.Counts.Samples > 0).ToArray();
        if (sampled.Length == 0)
            return [];
        if (sampled.Length > 1 && Name.Contains(PidMark, StringComparison.Ordinal))
            return [.. sampled.Select(process => Write(Name.Replace(PidMark, Text(process.Pid), StringComparison.Ordinal), [process], time))];
        return [Write(Name.Replace(PidMark, Text(sampled[0].Pid), StringComparison.Ordinal), sampled, time)];
    }

    private string Write(string path, IReadOnlyList<SampledProcess> processes, DateTimeOffset time)
    {
        var beside = $"{path}.{Environment.ProcessId}";
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            Write(stream, processes, time);
        File.Move(beside, path, overwrite: true);
        return path;
    }

    private void Write(Stream stream, IReadOnlyList<SampledProcess> processes, DateTimeOffset time)
    {
        switch (Format)
        {
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
                    .. processes.SelectMany(process => ((string, AllocationProfile)[])
                        [(Title(process, "at the peak"), process.Peak), (Title(process, "at the end"), process.Live)]),
                ]);
                break;
        }

        string Title(SampledProcess process, string moment) => processes.Count == 1 ? moment : $"{process.Pid} {process.Command}: {moment}";
    }

    private static AllocationProfile Joined(IReadOnlyList<SampledProcess> processes, Func<SampledProcess, AllocationProfile> choose)
    {
        var profiles = processes.Select(choose).ToArray();
        return new AllocationProfile([.. profiles.SelectMany(profile => profile.Stacks)], profiles[0].MeanBytes, profiles.Max(profile => profile.Time));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
