using System.Text.RegularExpressions;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// Makes the recordings that replay tests read: what one attach, census, walk and look at tracemalloc read of a small service, under each
/// version of Python that is installed. It runs without this machine's environment and in a folder of its own, because memory holds such
/// things too.
/// </summary>
internal static partial class RecordCommand
{
    /// <param name="names">"3.13 trixie"; none for all that are there.</param>
    public static async Task<int> RunAsync(string[] names)
    {
        var versions = InstalledPython.All.GroupBy(python => python.Feature).Select(same => same.Where(python => python.Missing is null).OrderByDescending(python => python.IsPackaged).FirstOrDefault());
        foreach (var python in names.Length > 0 ? names.Select(InstalledPython.Named) : versions.OfType<InstalledPython>())
        {
            if (SupportedLayouts.Find(python.Feature) is not null)
                await RecordAsync(python);
        }

        return 0;
    }

    private static async Task RecordAsync(InstalledPython python)
    {
        using var staging = new Staging(python, Path.Combine(Recordings.Folder, "service.py"));
        await using var service = ChildProcess.Start("/usr/bin/env", ["-i", "PATH=/usr/sbin:/usr/bin", .. python.Command("-I", "-S", "-E", "-B", staging.PathOf("service.py"))], "/");
        await service.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(30));
        using var process = TargetProcess.Open(service.Pid);
        var recording = new RecordingTarget(process);
        var reading = WholeReading.Of(recording);

        foreach (var older in Recordings.Versions.Where(version => version.StartsWith($"{python.Feature}.", StringComparison.Ordinal)))
            File.Delete(Recordings.PathOf(older));
        var name = Recordings.PathOf(reading.Python.Version.Text);
        await using var file = File.Create(name);
        RecordingFile.Save(recording.ToRecorded(), file);
        Console.WriteLine($"{name}: {file.Length:N0} bytes; {reading.Census.Coverage.ObjectsSeen:N0} objects counted, {reading.Snapshot.Graph.NodeCount:N0} walked, {reading.Allocations.Count:N0} traces {reading.Allocations.Note}");
    }

    [GeneratedRegex("^ready$", RegexOptions.Multiline)]
    private static partial Regex Ready();
}
