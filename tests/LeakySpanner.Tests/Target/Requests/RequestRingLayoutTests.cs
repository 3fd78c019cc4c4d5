using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Requests;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Requests;

/// <summary>The layout stands in two languages, because the writer is Python and the readers are not. Here they are compared.</summary>
public sealed partial class RequestRingLayoutTests
{
    private static readonly Dictionary<string, string> Shim = Assignment().Matches(
            File.ReadAllText(Path.Combine(Root(), "python", "leakyspanner", "_ring.py")))
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());

    [Fact]
    public void Magic_is_the_same() => Shim["MAGIC"].ShouldBe($"b\"{Encoding.ASCII.GetString(RequestRingLayout.Magic)}\"");

    [Theory]
    [InlineData("VERSION", (int)RequestRingLayout.Version)]
    [InlineData("HEADER_SIZE", RequestRingLayout.HeaderSize)]
    [InlineData("RECORD_SIZE", RequestRingLayout.RecordSize)]
    [InlineData("RECORDS", RequestRingLayout.Records)]
    [InlineData("NAMES_OFFSET", RequestRingLayout.NamesOffset)]
    [InlineData("NAMES_SIZE", RequestRingLayout.NamesSize)]
    [InlineData("FILE_SIZE", RequestRingLayout.FileSize)]
    [InlineData("HEADER_MAGIC", RequestRingLayout.Header.Magic)]
    [InlineData("HEADER_VERSION", RequestRingLayout.Header.Version)]
    [InlineData("HEADER_HEADER_SIZE", RequestRingLayout.Header.HeaderSize)]
    [InlineData("HEADER_RECORD_SIZE", RequestRingLayout.Header.RecordSize)]
    [InlineData("HEADER_RECORD_COUNT", RequestRingLayout.Header.RecordCount)]
    [InlineData("HEADER_NAMES_OFFSET", RequestRingLayout.Header.NamesOffset)]
    [InlineData("HEADER_NAMES_SIZE", RequestRingLayout.Header.NamesSize)]
    [InlineData("HEADER_PID", RequestRingLayout.Header.Pid)]
    [InlineData("HEADER_CREATED_NANOSECONDS", RequestRingLayout.Header.CreatedNanoseconds)]
    [InlineData("HEADER_NAMES_USED", RequestRingLayout.Header.NamesUsed)]
    [InlineData("HEADER_IN_PROGRESS", RequestRingLayout.Header.InProgress)]
    [InlineData("KIND_HTTP", (int)RequestKind.Http)]
    [InlineData("KIND_WEBSOCKET", (int)RequestKind.WebSocket)]
    [InlineData("KIND_FUNCTION", (int)RequestKind.Function)]
    [InlineData("KIND_COLLECTION", (int)RequestKind.Collection)]
    [InlineData("KIND_ROUTE", (int)RequestKind.Route)]
    [InlineData("STREAMED", (int)RequestTraits.Streamed)]
    [InlineData("RAISED", (int)RequestTraits.Raised)]
    [InlineData("DISCONNECTED", (int)RequestTraits.Disconnected)]
    [InlineData("UNMATCHED", 0)]
    [InlineData("OTHER", 1)]
    public void Numbers_are_the_same(string name, int expected) => Value(Shim[name]).ShouldBe(expected);

    [Fact]
    public void What_was_not_measured_is_the_same()
    {
        Shim["NOT_MEASURED"].ShouldBe("-(2**63)");
        RequestRingLayout.NotMeasured.ShouldBe(long.MinValue);
    }

    /// <summary>Python's letters: Q and q are 8 bytes, I 4, H 2, B 1, "&lt;" is little-endian without padding.</summary>
    [Fact]
    public void Records_are_the_same()
    {
        Shim["RECORD"].ShouldBe("struct.Struct(\"<QQQQqIIHBBIQ\")");
        "QQQQqIIHBBIQ".Sum(letter => letter switch { 'Q' or 'q' => 8, 'I' => 4, 'H' => 2, _ => 1 }).ShouldBe(RequestRingLayout.RecordSize);
    }

    /// <summary>A sum of products of numbers and of names that were assigned before.</summary>
    private static long Value(string expression) => expression.Split('+')
        .Sum(sum => sum.Split('*').Aggregate(1L, (product, factor) => product * Factor(factor.Trim())));

    private static long Factor(string factor) =>
        long.TryParse(factor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Value(Shim[factor]);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return folder.FullName;
    }

    [GeneratedRegex(@"^([A-Z_]+) = (.+)$", RegexOptions.Multiline)]
    private static partial Regex Assignment();
}
