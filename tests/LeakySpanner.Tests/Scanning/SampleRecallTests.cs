using System.Text.Json;
using LeakySpanner.Scanning;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning;

/// <summary>The services of samples/: what leaks there is told, what does not leak is left alone.</summary>
public sealed class SampleRecallTests
{
    /// <summary>A linked list that grows at its head, and native memory: no rule knows these.</summary>
    private static readonly string[] NotSeen = ["trace-api", "thumbs-api"];

    public static TheoryData<string> Samples =>
        [.. Directory.GetDirectories(Folder()).Where(folder => File.Exists(Path.Combine(folder, "sample.json"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Samples_are_judged_rightly(string sample)
    {
        var folder = Path.Combine(Folder(), sample);
        using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "sample.json")));
        var files = Directory.GetFiles(folder, "*.py", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path));

        var findings = new Scanner(new ScanOptions { Jobs = 1 }).Scan([.. files.Keys], path => File.ReadAllBytes(files[path])).Findings;

        if (!description.RootElement.GetProperty("leak").GetBoolean() || NotSeen.Contains(sample))
        {
            findings.ShouldBeEmpty();
            return;
        }

        findings.ShouldNotBeEmpty();
        if (description.RootElement.TryGetProperty("culprit", out var culprit) && culprit.TryGetProperty("file", out var file))
            findings.ShouldContain(finding => finding.File.Path == file.GetString());
    }

    private static string Folder() => Path.GetFullPath(Path.Combine(RuleExample.Folder(), "..", "..", "..", "samples"));
}
