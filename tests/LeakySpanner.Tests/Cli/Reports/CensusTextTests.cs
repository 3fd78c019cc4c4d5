using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;
using LeakySpanner.Testing.Goldens;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class CensusTextTests
{
    private static readonly HeapCensus Census = new(
        TimeSpan.Zero,
        [new("str", 1_204_332, 98 * ByteSize.MB), new("app.models.User", 5012, 235_000), new("tuple", 12, 700)],
        [new(new Address(0x7f12_3456_7890), "dict", 100_240), new(new Address(0x7f12_0000_1000), "collections.deque", 900)],
        180 * ByteSize.MB, 162 * ByteSize.MB,
        new CollectorState(false, [120, 10, 1], [700, 10, 10], [3, 4, 5]),
        new Coverage(1_209_356, ImmutableSortedDictionary<string, long>.Empty));

    [Fact]
    public void A_census()
    {
        var output = new StringWriter { NewLine = "\n" };
        CensusText.Write(new ReportWriter(output, 110, colour: false), Diagnoses.Process, Census, rows: 2);
        Golden.Matches("census", output.ToString());
    }

    [Fact]
    public void Rounds_of_track_objects()
    {
        var output = new StringWriter { NewLine = "\n" };
        var writer = new ReportWriter(output, 110, colour: false);
        var memory = new MemorySample(TimeSpan.FromSeconds(10), ByteSize.FromMB(212), ByteSize.FromMB(180), ByteSize.Zero, ByteSize.Zero);
        var cache = new Address(0x7f12_3456_7890);
        TrackText.Write(writer, new TrackRound(1, TimeSpan.FromSeconds(5), memory, ByteSize.Zero, [], []), rows: 10);
        TrackText.Write(
            writer,
            new TrackRound(
                2, TimeSpan.FromSeconds(10), memory, ByteSize.FromMB(2.4),
                [new("str", 1_204_332, 98 * ByteSize.MB, 5012, 2 * ByteSize.MB, 2500), new("app.models.User", 5012, 235_000, 12, 576, -3)],
                [new(cache, "dict", 100_240, 5012, 2500), new(new Address(0x7f12_0000_1000), "list", 900, 40, 0)]),
            rows: 10);
        Golden.Matches("track-objects", output.ToString());
    }
}
