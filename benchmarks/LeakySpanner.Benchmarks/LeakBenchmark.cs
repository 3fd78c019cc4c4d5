using System.Diagnostics;
using System.Globalization;
using LeakySpanner.CPython.Sampling;
using LeakySpanner.Target.Agent;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>How soon the samples name a line that leaks, and how well they know its rate: 128 KiB between two samples, read once a second.</summary>
internal static class LeakBenchmark
{
    private const long Mean = 128 * 1024;

    private static readonly string Library = Path.Combine(Checkout.Root, "artifacts", "agent", "libleakyspanner-agent.so");

    public static void Run()
    {
        Follow("objects", 30, "1 MB/s of objects amid 200 MB/s that come and go: asked: first within 30 s, rate within 20 %");
        Follow("numpy", 20, "5 MB/s of numpy's buffers: asked: line named within 20 s");
    }

    private static void Follow(string kind, int seconds, string title)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-bench-").FullName;
        var script = Path.Combine(PythonScript.Root(), "benchmarks", "targets", "leak_amid_churn.py");
        var line = 1 + Array.FindIndex(File.ReadAllLines(script), text => text.Contains(kind == "numpy" ? "numpy.zeros" : "# leak", StringComparison.Ordinal));
        var start = new ProcessStartInfo("/usr/bin/python3", [script, kind]) { RedirectStandardOutput = true };
        start.Environment["LD_PRELOAD"] = Library;
        start.Environment["LEAKYSPANNER_AGENT"] = folder;
        start.Environment["LEAKYSPANNER_AGENT_MEAN"] = Mean.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardOutput.ReadLine();
            using var file = AgentFile.Open(Directory.GetFiles(folder, "*.agent").Single());
            var stacks = SampledStacks.Of(file);
            var (before, began) = (ByLine(file, stacks), Stopwatch.GetTimestamp());
            var (first, truth, growth, elapsed) = (0.0, 0.0, new Dictionary<(string, int), double>(), 0.0);
            Console.WriteLine(title);
            while (elapsed < seconds)
            {
                truth = double.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
                elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
                var now = ByLine(file, stacks);
                growth = now.ToDictionary(each => each.Key, each => each.Value - before.GetValueOrDefault(each.Key));
                var (top, bytes) = growth.MaxBy(each => each.Value);
                var named = top.Item2 == line && top.Item1.EndsWith("leak_amid_churn.py", StringComparison.Ordinal);
                first = !named ? 0 : first == 0 ? elapsed : first;
                if ((int)elapsed % 5 == 0)
                    Console.WriteLine($"  {F(elapsed, "0")} s: {Path.GetFileName(top.Item1)}:{top.Item2} first with {F(bytes / 1e6, "0.0")} MB, {F(truth / 1e6, "0.0")} MB have leaked at line {line}");
            }

            var found = growth.Where(each => each.Key.Item2 == line && each.Key.Item1.EndsWith("leak_amid_churn.py", StringComparison.Ordinal)).Sum(each => each.Value);
            Console.WriteLine($"  first and ever since from {(first == 0 ? "(never)" : F(first, "0") + " s")} on; rate {F(found / truth, "0.000")} times the true one after {F(elapsed, "0")} s");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Estimates of what is alive, by the innermost line of Python code.</summary>
    private static Dictionary<(string File, int Line), double> ByLine(AgentFile file, SampledStacks stacks)
    {
        var found = new Dictionary<(string, int), double>();
        foreach (var block in file.ReadLive())
        {
            var frame = stacks[block.Stack].Frames.LastOrDefault(frame => !frame.IsNative);
            var bytes = Math.Max(1, block.Bytes) / (1 - Math.Exp(-(double)Math.Max(1, block.Bytes) / Mean));
            found[(frame.File ?? "", frame.Line)] = found.GetValueOrDefault((frame.File ?? "", frame.Line)) + bytes;
        }

        return found;
    }
}
