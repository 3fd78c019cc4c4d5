using System.Text.Json;
using LeakySpanner.LiveTests.Versions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Sampling;

/// <summary>A program that allocates known amounts at known lines, under every interpreter: what `run` says of it is true within its own error.</summary>
public sealed class RunTruthTests
{
    private const string Script = "sampled.py";

    /// <summary>Bounds of a test that runs thousands of times: once in ten million.</summary>
    private const double Errors = 5.5;

    [PythonTheory(EachVersionOnce = true)]
    public async Task Lines_and_peak_are_told_within_the_error(string name)
    {
        var run = await SampledRun.OfAsync(InstalledPython.Named(name), Script, 16);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        var truth = JsonSerializer.Deserialize<Dictionary<string, double>>(run.Answer.Output)!;
        run.Programs.Count.ShouldBe(3, run.Answer.ToString());
        var main = run.Programs.Single(program => program.Peak > 50e6);
        foreach (var (label, bytes) in truth)
            ShouldTell(main, label, bytes, run);
        main.Lines.MaxBy(line => line.Value).Key.ShouldBe(LineOf("spike"), run.Answer.ToString());
        main.Lines.GetValueOrDefault(LineOf("churn")).ShouldBeLessThan(2e6, run.Answer.ToString());
        var peak = truth.Values.Sum();
        // And modules, and the lists and objects around what is counted.
        main.Peak.ShouldBeInRange(peak * 0.95, (peak * 1.05) + 16e6, run.Answer.ToString());
        main.Live.ShouldBeInRange((peak - truth["spike"]) * 0.94, ((peak - truth["spike"]) * 1.06) + 16e6, run.Answer.ToString());

        // Started by exec, and by fork.
        foreach (var label in new[] { "child", "forked" })
        {
            var other = run.Programs.SingleOrDefault(program => program != main && program.Lines.ContainsKey(LineOf(label)));
            ShouldTell(other.ShouldNotBeNull(run.Answer.ToString()), label, 6000 * 2033, run);
        }
    }

    private static void ShouldTell(SampledProgram program, string label, double bytes, SampledRun run)
    {
        var line = LineOf(label);
        program.Lines.ShouldContainKey(line, $"{label} in {run.Answer}");
        // None is printed where it is under one per cent; what is printed is rounded.
        program.Lines[line].ShouldBe(bytes, (bytes * (0.02 + (Errors * (program.Errors.GetValueOrDefault(line) + 0.01)))) + 200_000, $"{label} in {run.Answer}");
    }

    private static int LineOf(string label) => SampledRun.LineOf(Script, label);
}
