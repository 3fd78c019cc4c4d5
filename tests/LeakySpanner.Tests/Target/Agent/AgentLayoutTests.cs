using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LeakySpanner.Target.Agent;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Agent;

/// <summary>The layout stands in two languages, because the writer is C and the readers are not. Here they are compared.</summary>
public sealed partial class AgentLayoutTests
{
    private static readonly string Header = File.ReadAllText(Path.Combine(Checkout.Root, "agent", "wire.h"));

    [Fact]
    public void Magic_and_version_are_the_same()
    {
        Define("LS_MAGIC").ShouldBe($"\"{Encoding.ASCII.GetString(AgentLayout.Magic)}\"");
        Define("LS_VERSION").ShouldBe(AgentLayout.Version.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("LS_SLOTS", AgentLayout.Slots)]
    [InlineData("LS_EVENTS", AgentLayout.Events)]
    [InlineData("LS_STACKS", AgentLayout.Stacks)]
    [InlineData("LS_FRAMES", AgentLayout.Frames)]
    [InlineData("LS_CODES", AgentLayout.Codes)]
    [InlineData("LS_TEXT", AgentLayout.Text)]
    public void Tables_have_the_same_sizes(string name, int expected)
    {
        var match = Regex.Match(Header, $@"\b{name} = 1 << (\d+)");
        match.Success.ShouldBeTrue();
        (1 << int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    [Fact]
    public void Stacks_are_as_deep() => Header.ShouldContain($"LS_DEEPEST = {AgentLayout.DeepestStack},");

    [Theory]
    [InlineData("magic", AgentLayout.Header.Magic)]
    [InlineData("version", AgentLayout.Header.Version)]
    [InlineData("header_size", AgentLayout.Header.Size)]
    [InlineData("pid", AgentLayout.Header.Pid)]
    [InlineData("state", AgentLayout.Header.State)]
    [InlineData("started_ns", AgentLayout.Header.StartedNanoseconds)]
    [InlineData("mean_bytes", AgentLayout.Header.MeanBytes)]
    [InlineData("python", AgentLayout.Header.Python)]
    [InlineData("native", AgentLayout.Header.Native)]
    [InlineData("slots", AgentLayout.Header.Tables)]
    [InlineData("text", AgentLayout.Header.Tables + 40)]
    [InlineData("slot_count", AgentLayout.Header.Counts)]
    [InlineData("text_size", AgentLayout.Header.Counts + 20)]
    [InlineData("samples", AgentLayout.Header.Samples)]
    [InlineData("slots_full", AgentLayout.Header.SlotsFull)]
    [InlineData("stacks_full", AgentLayout.Header.StacksFull)]
    [InlineData("no_python", AgentLayout.Header.NoPython)]
    [InlineData("stacks_used", AgentLayout.Header.StacksUsed)]
    [InlineData("frames_used", AgentLayout.Header.FramesUsed)]
    [InlineData("codes_used", AgentLayout.Header.CodesUsed)]
    [InlineData("text_used", AgentLayout.Header.TextUsed)]
    [InlineData("event_next", AgentLayout.Header.EventNext)]
    [InlineData("events_lost", AgentLayout.Header.EventsLost)]
    [InlineData("event_read", AgentLayout.Header.EventRead)]
    [InlineData("live_blocks", AgentLayout.Header.LiveBlocks)]
    public void The_header_has_the_same_fields(string name, int expected) => Fields("ls_header").Offsets[name].ShouldBe(expected);

    [Theory]
    [InlineData("LS_RUNNING", AgentState.Running)]
    [InlineData("LS_UNKNOWN_PYTHON", AgentState.UnknownPython)]
    [InlineData("LS_DEBUG_ALLOCATOR", AgentState.DebugAllocator)]
    [InlineData("LS_ENDED", AgentState.Ended)]
    [InlineData("LS_FREE_THREADED", AgentState.FreeThreaded)]
    [InlineData("LS_DEBUG_BUILD", AgentState.DebugBuild)]
    [InlineData("LS_OTHER_ALLOCATOR", AgentState.OtherAllocator)]
    public void States_have_the_same_numbers(string name, AgentState expected) =>
        Regex.Match(Header, $@"\b{name} = (\d+)").Groups[1].Value.ShouldBe(((int)expected).ToString(CultureInfo.InvariantCulture));

    [Fact]
    public void Entries_are_the_same()
    {
        Fields("ls_header").Size.ShouldBe(AgentLayout.Header.End);
        Fields("ls_slot").ShouldSatisfyAllConditions(
            slot => slot.Size.ShouldBe(AgentLayout.SlotSize),
            slot => string.Join(' ', slot.Offsets.Select(field => $"{field.Key}@{field.Value}")).ShouldBe("address@0 bytes@8 time_ns@16 request@24 stack@32 thread@36"));
        Fields("ls_event").ShouldSatisfyAllConditions(
            entry => entry.Size.ShouldBe(AgentLayout.EventSize),
            entry => string.Join(' ', entry.Offsets.Select(field => $"{field.Key}@{field.Value}"))
                .ShouldBe("number@0 time_ns@8 address@16 bytes@24 request@32 stack@40 kind@44 domain@46 thread@48 ending@52"));
        Fields("ls_stack").ShouldSatisfyAllConditions(
            stack => stack.Size.ShouldBe(AgentLayout.StackSize),
            stack => string.Join(' ', stack.Offsets.Select(field => $"{field.Key}@{field.Value}")).ShouldBe("first@0 depth@4 cut@6"));
        Fields("ls_frame").ShouldSatisfyAllConditions(
            frame => frame.Size.ShouldBe(AgentLayout.FrameSize),
            frame => string.Join(' ', frame.Offsets.Select(field => $"{field.Key}@{field.Value}")).ShouldBe("code@0 instruction@4"));
        Fields("ls_code").ShouldSatisfyAllConditions(
            code => code.Size.ShouldBe(AgentLayout.CodeSize),
            code => string.Join(' ', code.Offsets.Select(field => $"{field.Key}@{field.Value}"))
                .ShouldBe("identity@0 file@8 name@12 lines@16 first_line@20 kind@24 zero@28"));
    }

    private static string Define(string name) => Regex.Match(Header, $@"#define {name} (\S+)").Groups[1].Value;

    /// <summary>Natural alignment, as every ABI here has it.</summary>
    private static (Dictionary<string, int> Offsets, int Size) Fields(string structure)
    {
        var body = Regex.Match(Header, $@"struct {structure} \{{(.*?)\n\}};", RegexOptions.Singleline).Groups[1].Value;
        var offsets = new Dictionary<string, int>(StringComparer.Ordinal);
        var (at, widest) = (0, 1);
        foreach (Match declaration in Declaration().Matches(body))
        {
            var size = declaration.Groups["type"].Value switch { "char" => 1, var type => int.Parse(type.AsSpan(type.IndexOfAny(['1', '3', '6'])).TrimEnd("_t"), CultureInfo.InvariantCulture) / 8 };
            foreach (var name in declaration.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries))
            {
                var array = name.IndexOf('[', StringComparison.Ordinal);
                var count = array < 0 ? 1 : int.Parse(name.AsSpan(array + 1).TrimEnd(']'), CultureInfo.InvariantCulture);
                at = (at + size - 1) / size * size;
                offsets[array < 0 ? name : name[..array]] = at;
                at += size * count;
                widest = Math.Max(widest, size);
            }
        }

        return (offsets, (at + widest - 1) / widest * widest);
    }

    [GeneratedRegex(@"^\s*(?<type>char|u?int(?:16|32|64)_t) (?<names>[^;]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
