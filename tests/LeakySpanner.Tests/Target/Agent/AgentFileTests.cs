using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Agent;

public sealed class AgentFileTests
{
    [Fact]
    public void Reads_what_the_agent_has_written()
    {
        using var image = new AgentFileImage();
        var code = image.AddCode("app/cache.py", "Cache.fill", [0x80, 0], 40);
        var library = image.AddCode("", "libfast.so", [], 0, isNative: true);
        var stack = image.AddStack((library, 0), (code, 6));
        image.AddEvent(false, 4096, 1000, stack);
        image.AddEvent(true, 4096, 1000, stack);
        image.SetSlot(9, 8192, 2000, stack);
        image.Set64(AgentLayout.Header.Samples, 3);
        using var file = AgentFile.Open(image.Write());

        file.Pid.ShouldBe(4121);
        file.MeanBytes.ShouldBe(131072);
        file.PythonHex.ShouldBe(0x030b02f0u);
        Events(file).ShouldBe(
        [
            new AllocationEvent(false, TimeSpan.FromSeconds(1), 4096, 1000, 77, stack, 4121),
            new AllocationEvent(true, TimeSpan.FromSeconds(1), 4096, 1000, 77, stack, 4121),
        ]);
        file.ReadLive().Single().ShouldSatisfyAllConditions(block => block.Address.ShouldBe(8192ul), block => block.Bytes.ShouldBe(2000), block => block.Stack.ShouldBe(stack));
        file.StackAt(stack)!.Frames.ShouldBe([new AgentFrame(library, 0), new AgentFrame(code, 6)]);
        file.StackAt(stack + 1).ShouldBeNull();
        file.StackAt(-1).ShouldBeNull();
        file.CodeAt(code)!.ShouldSatisfyAllConditions(
            found => found.File.ShouldBe("app/cache.py"), found => found.Name.ShouldBe("Cache.fill"), found => found.FirstLine.ShouldBe(40), found => found.LineTable.ShouldBe([0x80, 0]));
        file.CodeAt(library)!.IsNative.ShouldBeTrue();
        file.CodeAt(7).ShouldBeNull();
        file.ReadCounts().Samples.ShouldBe(3);
    }

    [Fact]
    public void Events_are_read_once_and_in_order_and_their_room_is_given_back()
    {
        using var image = new AgentFileImage();
        for (var i = 0; i < 3000; i++)
            image.AddEvent(false, (ulong)i + 1, 10, 0);
        var path = image.Write();
        using var file = AgentFile.Open(path);

        Events(file).Select(found => found.Address).ShouldBe(Enumerable.Range(1, 3000).Select(number => (ulong)number));
        Events(file).ShouldBeEmpty();
        BitConverter.ToInt64(File.ReadAllBytes(path), AgentLayout.Header.EventRead).ShouldBe(3000);
    }

    [Fact]
    public void An_event_that_is_being_written_is_passed_over()
    {
        using var image = new AgentFileImage();
        image.AddEvent(false, 1, 10, 0);
        image.AddEvent(false, 2, 10, 0);
        image.Set64(image.Get64(AgentLayout.Header.Tables + 8), 0);
        using var file = AgentFile.Open(image.Write());
        Events(file).Single().Address.ShouldBe(2ul);
    }

    [Fact]
    public void Texts_and_stacks_that_lead_outside_are_empty()
    {
        using var image = new AgentFileImage();
        var code = image.AddCode("a.py", "f", [], 1);
        var stack = image.AddStack((code, 0));
        image.Set32(image.Get64(AgentLayout.Header.Tables + 32) + 8, AgentLayout.Text - 2);
        image.Set32(image.Get64(AgentLayout.Header.Tables + 16) + (stack * AgentLayout.StackSize), AgentLayout.Frames);
        using var file = AgentFile.Open(image.Write());
        file.CodeAt(code)!.File.ShouldBeEmpty();
        file.StackAt(stack).ShouldBeNull();
    }

    [Theory]
    [InlineData(AgentLayout.Header.Magic)]
    [InlineData(AgentLayout.Header.Version)]
    [InlineData(AgentLayout.Header.Counts)]
    [InlineData(AgentLayout.Header.Tables + 7)]
    [InlineData(AgentLayout.Header.MeanBytes + 7)]
    public void Another_header_is_refused(int changed)
    {
        using var image = new AgentFileImage();
        image.Bytes[changed] ^= 0x40;
        var path = image.Write();
        Should.Throw<AgentFileException>(() => AgentFile.Open(path)).Message.ShouldContain("version 2");
    }

    [Fact]
    public void A_file_that_others_may_touch_is_refused()
    {
        using var image = new AgentFileImage();
        var path = image.Write(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Should.Throw<AgentFileException>(() => AgentFile.Open(path)).Message.ShouldContain("open to other users");
    }

    [Fact]
    public void A_file_that_has_become_shorter_is_read_as_far_as_it_goes()
    {
        using var image = new AgentFileImage();
        var code = image.AddCode("a.py", "f", [], 1);
        image.AddEvent(false, 1, 10, image.AddStack((code, 0)));
        var path = image.Write();
        using var file = AgentFile.Open(path);
        using (var shorter = new FileStream(path, FileMode.Open))
            shorter.SetLength(100);
        file.ReadCounts().Samples.ShouldBe(0);
        Events(file).ShouldBeEmpty();
        file.ReadLive().ShouldBeEmpty();
        file.StackAt(1).ShouldBeNull();
        file.CodeAt(0).ShouldBeNull();
    }

    /// <summary>Whatever stands in the tables, nothing is thrown, and nothing found is larger than the tables.</summary>
    [Fact]
    public void Nonsense_is_survived()
    {
        var random = new Random(11);
        using var image = new AgentFileImage();
        var header = image.Bytes.AsSpan(0, AgentLayout.Header.Samples).ToArray();
        for (var round = 0; round < 8; round++)
        {
            random.NextBytes(image.Bytes);
            header.CopyTo(image.Bytes, 0);
            if (round % 2 == 0)
                image.Bytes.AsSpan(AgentLayout.Header.Samples, AgentLayout.Header.End - AgentLayout.Header.Samples).Fill((byte)random.Next(0, 128));
            using var file = AgentFile.Open(image.Write());
            Events(file).Count.ShouldBeLessThanOrEqualTo(AgentLayout.Events);
            file.ReadLive().Count.ShouldBeLessThanOrEqualTo(AgentLayout.Slots);
            for (var i = 0; i < 100; i++)
                (file.StackAt(i)?.Frames.Length ?? 0).ShouldBeLessThanOrEqualTo(AgentLayout.DeepestStack);
            Enumerable.Range(0, AgentLayout.Codes).Sum(i => file.CodeAt(i)?.LineTable.Length ?? 0).ShouldBeLessThanOrEqualTo(2 * AgentLayout.Text);
        }
    }

    private static List<AllocationEvent> Events(AgentFile file)
    {
        var found = new List<AllocationEvent>();
        var some = new AllocationEvent[500];
        for (var count = file.ReadEvents(some); count > 0; count = file.ReadEvents(some))
            found.AddRange(some[..count]);
        return found;
    }
}
