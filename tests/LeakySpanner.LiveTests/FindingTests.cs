using System.Globalization;
using System.Text.Json;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>The ways to say which process is meant.</summary>
public sealed class FindingTests
{
    private static readonly Sample Shop = Sample.Named("shop-api");

    [LiveFact]
    public async Task By_port()
    {
        await using var service = await PythonService.StartAsync(Shop);

        var answer = await Tool.RunAsync("diagnose", "--port", Number(service.Port), "--duration", "2s", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        new DiagnosisAnswer(answer.Output).Process.GetProperty("pid").GetInt32().ShouldBe(service.Pid);
    }

    [LiveFact]
    public async Task By_name()
    {
        var marker = $"{Guid.NewGuid():N}";
        await using var service = await PythonService.StartAsync(Shop, "--header", $"X-Marker:{marker}");

        var answer = await Tool.RunAsync("diagnose", "--name", $"*{marker}*", "--duration", "2s", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        new DiagnosisAnswer(answer.Output).Process.GetProperty("pid").GetInt32().ShouldBe(service.Pid);
    }

    [LiveFact]
    public async Task A_name_that_nothing_has()
    {
        var answer = await Tool.RunAsync("diagnose", "--name", $"no-such-{Guid.NewGuid():N}", "--duration", "2s");

        answer.ExitCode.ShouldBe(3, answer.ToString());
        OneLine(answer.Error);
        answer.Output.ShouldBeEmpty();
    }

    /// <summary>uvicorn's workers share the port: nobody can be asked in a pipe, so all of them are listed.</summary>
    [LiveFact]
    public async Task Several_workers_are_listed()
    {
        await using var service = await PythonService.StartWorkersAsync(Shop, 2);

        var answer = await Tool.RunAsync("diagnose", "--port", Number(service.Port), "--duration", "2s");

        answer.ExitCode.ShouldBe(2, answer.ToString());
        answer.Error.ShouldContain("--pid");
        answer.Error.ShouldContain(Number(service.Pid));
        answer.Error.Split('\n').Count(line => line.Contains("python3", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(3, answer.ToString());
    }

    [LiveFact]
    public async Task All_workers_are_diagnosed_where_that_is_asked_for()
    {
        await using var service = await PythonService.StartWorkersAsync(Shop, 2);

        var answer = await Tool.RunAsync("diagnose", "--port", Number(service.Port), "--all", "--duration", "2s", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var several = JsonDocument.Parse(answer.Output).RootElement;
        several.GetProperty("schema").GetString().ShouldBe("leakyspanner.diagnoses/1");
        several.GetProperty("diagnoses").EnumerateArray().Select(one => one.GetProperty("process").GetProperty("pid").GetInt32())
            .Distinct().Count().ShouldBeGreaterThanOrEqualTo(3, answer.ToString());
    }

    [LiveFact]
    public async Task A_command_is_started_watched_and_stopped()
    {
        var interpreter = PythonService.Interpreter;
        var answer = await Tool.RunAsync(
            ["diagnose", "--duration", "3s", "--json", "--", "env", "-C", Shop.Home, interpreter, .. PythonService.CommandLine()]);

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var process = new DiagnosisAnswer(answer.Output).Process;
        process.GetProperty("command").GetString()!.ShouldContain("app.main:app");
        Directory.Exists($"/proc/{process.GetProperty("pid").GetInt32()}").ShouldBeFalse();
    }

    internal static void OneLine(string error) => error.TrimEnd('\n').ShouldSatisfyAllConditions(
        text => text.ShouldNotBeEmpty(),
        text => text.ShouldNotContain("\n"),
        text => text.ShouldNotContain("   at "));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
