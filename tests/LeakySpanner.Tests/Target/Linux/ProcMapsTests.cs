using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ProcMapsTests
{
    private const string Text = """
        00400000-0041f000 r--p 00000000 fd:00 10086  /usr/bin/python3.11
        0041f000-006c0000 r-xp 0001f000 fd:00 10086                              /usr/bin/python3.11
        01c2b000-01f00000 rw-p 00000000 00:00 0                                  [heap]
        7f2a1c000000-7f2a1c021000 rw-p 00000000 00:00 0
        7f2a1d000000-7f2a1d001000 r--s 00001000 00:01 77                         /srv/my app/da\012ta (deleted)
        7ffd3a5fe000-7ffd3a61f000 rw-p 00000000 00:00 0                          [stack]
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
        """;

    [Fact]
    public void Every_field_of_a_line_is_understood()
    {
        var regions = ProcMaps.Parse(Text);

        regions.Count.ShouldBe(7);
        regions[1].Start.ShouldBe(new Address(0x41f000));
        regions[1].End.ShouldBe(new Address(0x6c0000));
        regions[1].Permissions.ShouldBe("r-xp");
        regions[1].Offset.ShouldBe(0x1f000);
        regions[1].Inode.ShouldBe(10086);
        regions[1].Path.ShouldBe("/usr/bin/python3.11");
        regions[2].Path.ShouldBe("[heap]");
        regions[6].End.ShouldBe(new Address(0xffffffffff601000));
    }

    [Fact]
    public void Names_keep_their_spaces_and_newlines() =>
        ProcMaps.Parse(Text)[4].Path.ShouldBe("/srv/my app/da\nta (deleted)");

    [Fact]
    public void Only_unnamed_private_memory_is_anonymous() =>
        ProcMaps.Parse(Text).Select(region => region.IsAnonymous).ShouldBe([false, false, false, true, false, false, false]);

    [Fact]
    public void A_region_shown_twice_by_a_racing_process_counts_once()
    {
        var regions = ProcMaps.Parse("1000-3000 rw-p 0 00:00 0\n2000-3000 rw-p 0 00:00 0\n3000-4000 rw-p 0 00:00 0\n");

        regions.Select(region => region.Start.Value).ShouldBe([0x1000ul, 0x3000ul]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1000 rw-p 0 00:00 0")]
    [InlineData("2000-1000 rw-p 0 00:00 0")]
    [InlineData("1000-2000 rw 0 00:00 0")]
    [InlineData("1000-2000 rw-p zz 00:00 0")]
    [InlineData("1000-2000 rw-p 0 00:00")]
    [InlineData("10000000000000000000-20000000000000000000 rw-p 0 00:00 0")]
    public void Lines_that_make_no_sense_are_skipped(string line) => ProcMaps.Parse(line).ShouldBeEmpty();

    [Fact]
    public void No_text_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => ProcMaps.Parse(text).Count >= 0).QuickCheckThrowOnFailure();
}
