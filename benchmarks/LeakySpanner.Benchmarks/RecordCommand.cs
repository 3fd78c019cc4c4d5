using System.Text.RegularExpressions;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// Makes the recording that replay tests read: what one census and one walk read of a small service. It runs without this
/// machine's environment and in a folder of its own, because memory holds such things too.
/// </summary>
internal static partial class RecordCommand
{
    private const string Python = "/usr/bin/python3";

    public static async Task<int> RunAsync()
    {
        var recordings = Path.Combine(PythonScript.Root(), "tests", "recordings");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var script = Path.Combine(folder.FullName, "service.py");
            File.Copy(Path.Combine(recordings, "service.py"), script);
            await using var service = ChildProcess.Start("/usr/bin/env", ["-i", Python, "-I", "-S", "-E", script], folder.FullName);
            await service.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(30));
            using var process = TargetProcess.Open(service.Pid);
            var recording = new RecordingTarget(process);
            var python = PythonProcess.Attach(recording);
            var census = new CensusTaker(python).Take(TimeSpan.Zero);
            var snapshot = new HeapWalker(python).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero);

            var name = Path.Combine(recordings, $"python-{python.Version.Text}.recording");
            await using var file = File.Create(name);
            RecordingFile.Save(recording.ToRecorded(), file);
            Console.WriteLine($"{name}: {file.Length:N0} bytes; {census.Coverage.ObjectsSeen:N0} objects counted, {snapshot.Graph.NodeCount:N0} walked");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("^ready$", RegexOptions.Multiline)]
    private static partial Regex Ready();
}
