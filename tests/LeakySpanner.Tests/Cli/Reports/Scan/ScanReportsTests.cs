using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeakySpanner.Reports.Scan;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Tests.Scanning;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports.Scan;

public sealed class ScanReportsTests
{
    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    /// <summary>Members that SARIF 2.1.0 requires, and those that GitHub's code scanning needs to show a result.</summary>
    [Fact]
    public void Sarif_has_what_its_standard_requires()
    {
        var result = Scans.OfTwoFiles();

        using var log = JsonDocument.Parse(ScanSarif.Of(result));

        log.RootElement.GetProperty("version").GetString().ShouldBe("2.1.0");
        log.RootElement.GetProperty("$schema").GetString()!.ShouldContain("sarif-2.1.0");
        var run = log.RootElement.GetProperty("runs").EnumerateArray().Single();
        var driver = run.GetProperty("tool").GetProperty("driver");
        driver.GetProperty("name").GetString().ShouldBe("LeakySpanner");
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        rules.Select(rule => rule.GetProperty("id").GetString()).ShouldBe(RuleSet.All.Select(rule => rule.Info.Id));
        foreach (var rule in rules)
        {
            Text(rule.GetProperty("shortDescription")).ShouldNotBeEmpty();
            Text(rule.GetProperty("fullDescription")).ShouldNotBeEmpty();
            Text(rule.GetProperty("help")).ShouldNotBeEmpty();
            Levels.ShouldContain(rule.GetProperty("defaultConfiguration").GetProperty("level").GetString());
        }

        run.GetProperty("invocations").EnumerateArray().Single().GetProperty("executionSuccessful").GetBoolean().ShouldBeTrue();
        run.GetProperty("columnKind").GetString().ShouldBe("utf16CodeUnits");
        var results = run.GetProperty("results").EnumerateArray().ToList();
        results.Count.ShouldBe(result.Findings.Count);
        foreach (var told in results)
        {
            rules[told.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString().ShouldBe(told.GetProperty("ruleId").GetString());
            Levels.ShouldContain(told.GetProperty("level").GetString());
            Text(told.GetProperty("message")).ShouldNotBeEmpty();
            told.GetProperty("partialFingerprints").EnumerateObject().ShouldNotBeEmpty();
            foreach (var location in told.GetProperty("locations").EnumerateArray().Concat(told.GetProperty("relatedLocations").EnumerateArray()))
                CheckPlace(location.GetProperty("physicalLocation"));
            if (told.TryGetProperty("fixes", out var fixes))
                CheckFixes(fixes);
        }

        results.Count(told => told.TryGetProperty("fixes", out _)).ShouldBe(1);
        results.Select(told => told.GetProperty("partialFingerprints").GetRawText()).Distinct().Count().ShouldBe(results.Count);
    }

    [Fact]
    public void Sarif_says_what_was_not_scanned()
    {
        var result = new Scanner(new ScanOptions()).Scan(["gone.py"], _ => null);

        using var log = JsonDocument.Parse(ScanSarif.Of(result));

        var notification = log.RootElement.GetProperty("runs")[0].GetProperty("invocations")[0].GetProperty("toolExecutionNotifications").EnumerateArray().Single();
        Text(notification.GetProperty("message")).ShouldContain("cannot be read");
        log.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void GitHub_gets_a_command_per_finding_with_its_separators_escaped()
    {
        var output = new StringWriter();

        ScanGitHub.Write(output, Scans.OfTwoFiles());

        var lines = output.ToString().TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith("::error file=shop/app.py,line=10,endLine=10,col=5,endColumn=17,title=leakyspanner (blocking_call_in_async)::");
        lines[1].ShouldStartWith("::warning file=shop/tasks <a>.py,line=6,endLine=6,col=10,endColumn=23,title=leakyspanner (client_per_request)::");
        lines.ShouldAllBe(line => Regex.IsMatch(line, @"^::\w+ [^\r\n]*::[^\r\n]+$"));
    }

    [Fact]
    public void GitHub_commands_cannot_be_forged_by_a_name()
    {
        var output = new StringWriter();

        ScanGitHub.Write(output, Scans.Of(("a,line=1::x%0A\n::error::y.py", "import time\nasync def f():\n    time.sleep(1)\n")));

        output.ToString().TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith("::error file=a%2Cline=1%3A%3Ax%250A %3A%3Aerror%3A%3Ay.py,line=3,");
    }

    [Fact]
    public void JUnit_has_a_suite_per_file_and_a_failure_per_finding()
    {
        var output = new StringWriter();

        ScanJUnit.Write(output, Scans.OfTwoFiles());

        var root = XDocument.Parse(output.ToString()).Root!;
        root.Name.LocalName.ShouldBe("testsuites");
        root.Attribute("failures")!.Value.ShouldBe("2");
        root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value).ShouldBe(["shop/app.py", "shop/tasks <a>.py"]);
        root.Descendants("failure").Select(failure => failure.Attribute("type")!.Value).ShouldBe(["blocking_call_in_async", "client_per_request"]);
        root.Descendants("testcase").ShouldAllBe(test => test.Attribute("name") != null && test.Attribute("classname") != null);
    }

    [Fact]
    public void JUnit_without_findings_is_one_test_that_passed()
    {
        var output = new StringWriter();

        ScanJUnit.Write(output, Scans.Of(("a.py", "x = 1\n")));

        var root = XDocument.Parse(output.ToString()).Root!;
        root.Attribute("failures")!.Value.ShouldBe("0");
        root.Descendants("testcase").ShouldHaveSingleItem().HasElements.ShouldBeFalse();
    }

    [Fact]
    public void JUnit_stays_xml_whatever_a_file_is_called()
    {
        var output = new StringWriter();

        ScanJUnit.Write(output, Scans.Of(("\u0001\uffff]]>&\".py", "import time\nasync def f():\n    time.sleep(1)\n")));

        XDocument.Parse(output.ToString()).Descendants("failure").ShouldHaveSingleItem();
    }

    [Fact]
    public void Reports_of_the_same_files_are_the_same()
    {
        ScanSarif.Of(Scans.OfTwoFiles()).ShouldBe(ScanSarif.Of(Scans.OfTwoFiles()));
        ScanJson.Of(Scans.OfTwoFiles()).ShouldBe(ScanJson.Of(Scans.OfTwoFiles()));
    }

    private static void CheckPlace(JsonElement place)
    {
        var uri = place.GetProperty("artifactLocation").GetProperty("uri").GetString()!;
        Uri.IsWellFormedUriString(uri, UriKind.RelativeOrAbsolute).ShouldBeTrue(uri);
        CheckRegion(place.GetProperty("region"));
    }

    private static void CheckFixes(JsonElement fixes)
    {
        foreach (var change in fixes.EnumerateArray().SelectMany(fix => fix.GetProperty("artifactChanges").EnumerateArray()))
        {
            change.GetProperty("artifactLocation").GetProperty("uri").GetString().ShouldNotBeNullOrEmpty();
            change.GetProperty("replacements").GetArrayLength().ShouldBeGreaterThan(0);
            foreach (var replacement in change.GetProperty("replacements").EnumerateArray())
                CheckRegion(replacement.GetProperty("deletedRegion"));
        }
    }

    private static void CheckRegion(JsonElement region)
    {
        var (line, column) = (region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32());
        line.ShouldBeGreaterThan(0);
        column.ShouldBeGreaterThan(0);
        (region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32()).CompareTo((line, column)).ShouldBeGreaterThanOrEqualTo(0);
    }

    private static string Text(JsonElement message) => message.GetProperty("text").GetString()!;
}
