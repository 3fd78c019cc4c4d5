using System.Diagnostics;
using System.Globalization;
using LeakySpanner.Scanning;
using LeakySpanner.Testing.Sources;

namespace LeakySpanner.Benchmarks.Scans;

/// <summary>Mutated files through the whole of scan-code, a thousand at once: no crash, no hang, and how many the parser gave up on.</summary>
internal static class ScanMutantsCommand
{
    private const int AtOnce = 1000;

    public static int Run(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var folder = arguments.Length > 1 ? arguments[1] : "/usr/lib/python3";
        var sources = Directory.EnumerateFiles(folder, "*.py", new EnumerationOptions { RecurseSubdirectories = true }).Order(StringComparer.Ordinal)
            .Where(path => new FileInfo(path).Length is > 0 and < 60_000).ToArray();
        var (broken, skipped, slowest) = (0, 0, 0.0);
        for (var begin = 0; begin < count; begin += AtOnce)
        {
            var mutator = new SourceMutator(begin);
            var files = Enumerable.Range(begin, Math.Min(AtOnce, count - begin))
                .ToDictionary(i => $"p{i % 10}/f{i}.py", i => mutator.Mutate(File.ReadAllBytes(sources[i % sources.Length])));
            var watch = Stopwatch.StartNew();
            var result = new Scanner(new ScanOptions()).Scan([.. files.Keys], path => files[path]);
            slowest = Math.Max(slowest, watch.Elapsed.TotalSeconds);
            broken += result.BrokenFiles.Count;
            skipped += result.SkippedFiles.Count;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"scan-mutants: {count} files of {sources.Length} in {folder}, no crash; {broken} parsed in part, {skipped} given up; the slowest {AtOnce} took {slowest:0.0} s"));
        return 0;
    }
}
