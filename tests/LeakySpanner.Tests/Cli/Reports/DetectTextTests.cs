using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;
using LeakySpanner.Testing.Goldens;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class DetectTextTests
{
    [Fact]
    public void A_leak() => Golden.Matches("detect", Render(Found(Diagnoses.Leak.Verdict, At(0, 877.7), At(60, 890))));

    [Fact]
    public void No_leak() => Golden.Matches("detect-healthy", Render(Found(Diagnoses.Healthy.Verdict, At(0, 890), At(120, 889.2))));

    [Fact]
    public void Too_early() => Golden.Matches(
        "detect-too-early", Render(Found(Diagnoses.Short.Verdict, At(0, 890), At(3, 890), "the process ended after 3 s")));

    [Fact]
    public void As_json()
    {
        using var json = System.Text.Json.JsonDocument.Parse(ReportJson.Of(Found(Diagnoses.Leak.Verdict, At(0, 800), At(60, 890)).Detection));

        json.RootElement.GetProperty("schema").GetString().ShouldBe("leakyspanner.detection/1");
        json.RootElement.GetProperty("verdict").GetProperty("leak").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("initial_rss_bytes").GetInt64().ShouldBe(800 * ByteSize.MB);
        json.RootElement.GetProperty("final_rss_bytes").GetInt64().ShouldBe(890 * ByteSize.MB);
    }

    [Fact]
    public void In_a_pod()
    {
        var found = Found(Diagnoses.Leak.Verdict, At(0, 877.7), At(60, 890));
        var process = found.Detection.Process with { Container = Diagnoses.Container, InnermostPid = 7 };

        Golden.Matches("detect-pod", Render((found.Detection with { Process = process }, found.First, found.Last)));
    }

    private static MemorySample At(double seconds, double megabytes) =>
        new(TimeSpan.FromSeconds(seconds), ByteSize.FromMB(megabytes), ByteSize.FromMB(megabytes - 44), ByteSize.Zero, ByteSize.FromMB(2000));

    private static (Detection Detection, MemorySample First, MemorySample Last) Found(Verdict verdict, MemorySample first, MemorySample last, params string[] notes) =>
        (new Detection(Diagnoses.Process, new DetectReport(first.Rss, last.Rss, last.Rss - first.Rss, 0, 0.984, last.At - first.At, 2, verdict), notes), first, last);

    private static string Render((Detection Detection, MemorySample First, MemorySample Last) found)
    {
        var output = new StringWriter { NewLine = "\n" };
        var writer = new ReportWriter(output, 110, colour: false);
        DetectText.WriteStart(writer, found.Detection.Process, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10));
        DetectText.WriteSample(writer, found.First, found.First);
        DetectText.WriteSample(writer, found.First, found.Last);
        writer.Blank();
        DetectText.WriteResult(writer, found.Detection);
        return output.ToString();
    }
}
