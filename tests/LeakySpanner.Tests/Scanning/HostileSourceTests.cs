using LeakySpanner.Scanning;
using LeakySpanner.Testing.Sources;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning;

/// <summary>Whatever a file says, a scan ends with an answer.</summary>
public sealed class HostileSourceTests
{
    public static TheoryData<string> Names => [.. SourceMutator.Monsters().Select(monster => monster.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Monsters_are_survived(string name)
    {
        var text = SourceMutator.Monsters().Single(monster => monster.Name == name).Text;

        var result = Scan(new Dictionary<string, byte[]> { ["monster.py"] = text });

        (result.Files + result.SkippedFiles.Count).ShouldBe(1);
    }

    [Fact]
    public void Broken_files_are_scanned_all_the_same()
    {
        var examples = RuleExample.All().SelectMany(example => example.Files.Values).Select(System.Text.Encoding.UTF8.GetBytes).ToList();
        var mutator = new SourceMutator(20);
        var files = Enumerable.Range(0, 1500).ToDictionary(i => $"package{i % 7}/file{i}.py", i => mutator.Mutate(examples[i % examples.Count]));

        var result = Scan(files);

        (result.Files + result.SkippedFiles.Count).ShouldBe(1500);
        result.BrokenFiles.Count.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void The_rest_of_a_broken_file_is_judged()
    {
        var text = "from fastapi import FastAPI\napp = FastAPI()\nseen = {}\n\ndef broken():\n    x = = 3\n    return )\n\n@app.get('/{q}')\ndef search(q):\n    seen[q] = 1\n";

        var result = Scan(new Dictionary<string, byte[]> { ["main.py"] = System.Text.Encoding.UTF8.GetBytes(text) });

        result.BrokenFiles.ShouldBe(["main.py"]);
        result.Findings.ShouldHaveSingleItem().Rule.Id.ShouldBe("unbounded_cache");
    }

    [Fact]
    public void The_order_is_the_same_whatever_the_number_of_threads()
    {
        var files = RuleExample.All().Where(example => example.IsWrong && example.Files.Count == 1)
            .Select((example, i) => (Path: $"a{i}/main.py", Text: System.Text.Encoding.UTF8.GetBytes(example.Files["main.py"]))).ToDictionary(each => each.Path, each => each.Text);

        var one = Scan(files, jobs: 1).Findings.Select(finding => $"{finding.File.Path}:{finding.Position}:{finding.Rule.Id}:{finding.Message}").ToList();
        var many = Scan(files, jobs: 8).Findings.Select(finding => $"{finding.File.Path}:{finding.Position}:{finding.Rule.Id}:{finding.Message}").ToList();

        many.ShouldBe(one);
        one.Count.ShouldBeGreaterThan(150);
    }

    [Theory]
    [InlineData("seen[q] = 1  # leakyspanner: ignore[unbounded_cache] few", 0)]
    [InlineData("seen[q] = 1  # leakyspanner: ignore", 0)]
    [InlineData("# leakyspanner: ignore[unbounded_cache]\n    seen[q] = 1", 0)]
    [InlineData("seen[q] = 1  # leakyspanner: ignore[growing_list]", 1)]
    [InlineData("seen[q] = '# leakyspanner: ignore'", 1)]
    public void Comments_silence_what_they_name(string line, int findings)
    {
        var text = $"from fastapi import FastAPI\napp = FastAPI()\nseen = {{}}\n\n@app.get('/{{q}}')\ndef search(q):\n    {line}\n";

        var result = Scan(new Dictionary<string, byte[]> { ["main.py"] = System.Text.Encoding.UTF8.GetBytes(text) });

        result.Findings.Count.ShouldBe(findings);
        result.Silenced.ShouldBe(1 - findings);
    }

    private static ScanResult Scan(Dictionary<string, byte[]> files, int jobs = 2) =>
        new Scanner(new ScanOptions { Jobs = jobs }).Scan([.. files.Keys], path => files[path]);
}
