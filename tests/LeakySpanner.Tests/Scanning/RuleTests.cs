using System.Text;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning;

public sealed class RuleTests
{
    public static TheoryData<RuleExample> Examples => [.. RuleExample.All()];

    public static TheoryData<string> Rules => [.. RuleSet.All.Select(rule => rule.Info.Id)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_are_judged_rightly(RuleExample example)
    {
        var findings = Scan(example.Files, example.Rule);

        var told = findings.Select(finding => $"{finding.File.Path}:{finding.Position.Line}").ToList();
        if (!example.IsWrong)
        {
            told.ShouldBeEmpty();
            return;
        }

        told.ShouldNotBeEmpty();
        var marked = example.Files.SelectMany(file => file.Value.Split('\n').Select((line, i) => (line, place: $"{file.Key}:{i + 1}")))
            .Where(line => line.line.Contains("# <-", StringComparison.Ordinal)).Select(line => line.place).ToList();
        if (marked.Count > 0)
            told.Distinct().Order().ShouldBe(marked.Order());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_has_eight_examples_of_both_kinds(string rule)
    {
        var examples = RuleExample.All().Where(example => example.Rule == rule).ToList();

        examples.Count(example => example.IsWrong).ShouldBeGreaterThanOrEqualTo(8);
        examples.Count(example => !example.IsWrong).ShouldBeGreaterThanOrEqualTo(8);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_a_rule_says_of_itself_is_true(string rule)
    {
        var info = RuleSet.Find(rule)!.Info;

        Scan(info.Wrong, rule).ShouldNotBeEmpty();
        Scan(info.Right, rule).ShouldBeEmpty();
        info.Id.ShouldMatch("^[a-z]+(_[a-z]+)*$");
        info.Explanation.Length.ShouldBeInRange(80, 1200);
        info.Title.ShouldNotEndWith(".");
    }

    private static IReadOnlyList<Finding> Scan(string example, string rule)
    {
        const string Before = "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n";
        return Scan(new Dictionary<string, string> { ["main.py"] = Before + example }, rule);
    }

    private static IReadOnlyList<Finding> Scan(IReadOnlyDictionary<string, string> files, string rule)
    {
        var result = new Scanner(new ScanOptions { Select = [rule], Jobs = 1 }).Scan([.. files.Keys], path => Encoding.UTF8.GetBytes(files[path]));
        result.BrokenFiles.ShouldBeEmpty();
        result.SkippedFiles.ShouldBeEmpty();
        return result.Findings;
    }
}
