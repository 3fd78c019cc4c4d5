using System.Text;
using System.Text.Json;
using LeakySpanner.Reports.Profiles.Saved;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports.Profiles;

public sealed class FlameGraphPageTests
{
    /// <summary>The browser's own tests are in web/tests; this one needs none.</summary>
    [Fact]
    public void Hostile_names_stay_data_and_come_back_as_they_were()
    {
        const string Name = "</script><script>alert(1)</script><!-- {data}";
        var run = new SavedRun(SavedRun.Name, "1.0", DateTimeOffset.UnixEpoch,
        [
            new SavedProcess(1, Name, "CPython 3.11.2", 131072, true, [], null, [new SavedFrame(Name, Name, 1)], [new SavedStack([0], 1, false)], [new SavedThread(1, Name)],
                [new SavedMoment("peak", 1.5, [0], [10], [1], [1], [3])], [new SavedSource(Name, [new SavedLine(1, Name)])]),
        ]);
        using var stream = new MemoryStream();
        FlameGraphPage.Write(stream, run);
        var page = Encoding.UTF8.GetString(stream.ToArray());

        page.Split("</script>").Length.ShouldBe(3);
        page.ShouldNotContain("<script>alert");
        page.ShouldContain("default-src 'none'");
        var read = JsonSerializer.Deserialize(FlameGraphPage.DataOf(page)!, SavedRunContext.Default.SavedRun)!;
        read.Processes[0].Frames[0].ShouldBe(new SavedFrame(Name, Name, 1));
        read.Processes[0].Moments[0].Bytes.ShouldBe([10]);
    }
}
