using System.Globalization;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>One sample, started, put under its load and diagnosed.</summary>
internal static class Diagnose
{
    /// <summary>How long a service is watched; the load outlasts it.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(25);

    /// <summary>What a user would do who was told that it is too early to tell.</summary>
    private static readonly TimeSpan SecondWatch = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(180);

    /// <param name="sample">The service.</param>
    /// <param name="warmUp">How long it answers before it is attached to, in seconds of its load.</param>
    public static async Task<DiagnosisAnswer> SampleAsync(Sample sample, double warmUp)
    {
        await using var service = await PythonService.StartAsync(sample);
        await using var load = await LoadDriver.StartAsync(service, sample, LongestLoad, Math.Max(1, (int)(sample.Rate * warmUp)));

        var diagnosis = await WatchAsync(service, Watch);
        return diagnosis.Leak is null && sample.Culprit is not null ? await WatchAsync(service, SecondWatch) : diagnosis;
    }

    private static async Task<DiagnosisAnswer> WatchAsync(PythonService service, TimeSpan duration)
    {
        var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s"), "--json");

        answer.ExitCode.ShouldBeOneOf([0, 1], answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Schema.ShouldBe("leakyspanner.diagnosis/1");
        diagnosis.Process.GetProperty("pid").GetInt32().ShouldBe(service.Pid);
        diagnosis.ObjectsSeen.ShouldBeGreaterThan(10_000);
        diagnosis.PausedMilliseconds.ShouldBe(0);
        answer.ExitCode.ShouldBe(diagnosis.Leak == true ? 1 : 0);
        service.Process.HasExited.ShouldBeFalse();
        return diagnosis;
    }
}
