using System.Text.Json;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Testing.Goldens;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class AllocationsTextTests
{
    private static readonly AllocationTable Table = new(
        true,
        [
            new("/srv/app/services/ocr.py", 134, 412_000, 98 * ByteSize.MB), new("/srv/app/services/gemini.py", 87, 18, 43_315),
            new("/usr/lib/python3.11/ssl.py", 1092, 1, 220),
        ],
        430_112, 101 * ByteSize.MB, 0.25, "12 of 430,112 traces changed while they were read and are left out");

    [Fact]
    public void Lines_and_what_they_hold() => Golden.Matches("allocations", Text(Table));

    [Fact]
    public void Where_tracing_is_off_there_is_a_note_only() =>
        Golden.Matches("allocations-off", Text(new AllocationTable(false, [], 0, 0, 1, "tracemalloc is off: start the process with PYTHONTRACEMALLOC=1")));

    [Fact]
    public void As_json()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Process, Table));
        var root = json.RootElement;

        root.GetProperty("schema").GetString().ShouldBe("leakyspanner.allocations/1");
        root.GetProperty("process").GetProperty("pid").GetInt32().ShouldBe(4121);
        root.GetProperty("tracing").GetBoolean().ShouldBeTrue();
        root.GetProperty("blocks").GetInt64().ShouldBe(430_112);
        root.GetProperty("bytes").GetInt64().ShouldBe(101 * ByteSize.MB);
        root.GetProperty("sampled_share").GetDouble().ShouldBe(0.25);
        root.GetProperty("note").GetString().ShouldStartWith("12 of");
        var site = root.GetProperty("sites")[0];
        site.GetProperty("file").GetString().ShouldBe("/srv/app/services/ocr.py");
        site.GetProperty("line").GetInt32().ShouldBe(134);
        site.GetProperty("blocks").GetInt64().ShouldBe(412_000);
        site.GetProperty("bytes").GetInt64().ShouldBe(98 * ByteSize.MB);
    }

    private static string Text(AllocationTable table)
    {
        var output = new StringWriter { NewLine = "\n" };
        AllocationsText.Write(new ReportWriter(output, 110, colour: false), Diagnoses.Process, table);
        return output.ToString();
    }
}
