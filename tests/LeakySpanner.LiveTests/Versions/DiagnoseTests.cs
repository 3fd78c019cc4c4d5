using System.Globalization;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>The main job under every version: which container grows, who holds it, the line that fills it and the endpoint that leads there.</summary>
public sealed class DiagnoseTests
{
    [PythonTheory(EachVersionOnce = true)]
    public async Task A_container_that_grows_is_named_with_its_holder_line_and_endpoint(string name)
    {
        var python = InstalledPython.Named(name);
        await using var service = await SearchService.StartAsync(python);

        var diagnosis = await WatchAsync(service, "10s");
        if (diagnosis.Leak is null)
            diagnosis = await WatchAsync(service, "30s");

        diagnosis.Process.GetProperty("runtime").GetString().ShouldNotBeNull().ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"CPython {python.Feature}."));
        diagnosis.Leak.ShouldNotBe(false, diagnosis.Text);
        var culprit = new Culprit(["container"], "__main__.results_cache", "search_service.py", "remember", python.HasFastApi ? "GET /search/{query}" : null);
        diagnosis.Differences(culprit).ShouldBeEmpty(diagnosis.Text);
        diagnosis.FirstPath.ShouldBe(["module __main__", "results_cache"], diagnosis.Text);
        diagnosis.FirstLines.ShouldContain(LineOf("results_cache[query] ="), diagnosis.Text);
    }

    /// <summary>On a busy machine a short watch may be too early to tell; a user would then watch for longer.</summary>
    private static async Task<DiagnosisAnswer> WatchAsync(SearchService service, string duration)
    {
        var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", duration, "--json");
        answer.ExitCode.ShouldBeOneOf([0, 1], answer.ToString());
        return new DiagnosisAnswer(answer.Output);
    }

    private static int LineOf(string source) =>
        1 + Array.FindIndex(File.ReadAllLines(SearchService.Script), line => line.Contains(source, StringComparison.Ordinal));
}
