using LeakySpanner.Model;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ThreadStacksTests
{
    private const long StackBytes = 8 << 20;

    [Fact]
    public void A_default_stack_above_a_guard_needs_no_pointer() =>
        Find("7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000001000-7f0000801000 rw-p 0 00:00 0\n")
            .ShouldBe([(0x7f0000001000ul, StackBytes)]);

    [Fact]
    public void A_guard_taken_from_the_stack_itself_is_understood() =>
        Find("7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000001000-7f0000800000 rw-p 0 00:00 0\n")
            .ShouldBe([(0x7f0000001000ul, StackBytes - 4096)]);

    [Fact]
    public void A_stack_of_another_size_is_known_by_its_thread()
    {
        const string Maps = "7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000001000-7f0000041000 rw-p 0 00:00 0\n";

        Find(Maps).ShouldBeEmpty();
        Find(Maps, 0x7f0000040000).ShouldBe([(0x7f0000001000ul, 0x40000L)]);
        Find(Maps, 0x7f0000041000).ShouldBeEmpty();
    }

    [Fact]
    public void Memory_merged_to_the_upper_end_is_left_to_others()
    {
        const string Maps = "7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000001000-7f0000a01000 rw-p 0 00:00 0\n";

        Find(Maps, 0x7f0000002000).ShouldBe([(0x7f0000001000ul, StackBytes)]);
        Find(Maps, 0x7f0000900000).ShouldBe([(0x7f0000001000ul, 10L << 20)]);
    }

    [Theory]
    [InlineData("7f0000000000-7f0000001000 r--p 0 00:00 0\n7f0000001000-7f0000801000 rw-p 0 00:00 0\n")]
    [InlineData("7f0000000000-7f0003fdf000 ---p 0 00:00 0\n7f0003fdf000-7f00047df000 rw-p 0 00:00 0\n")]
    [InlineData("7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000002000-7f0000802000 rw-p 0 00:00 0\n")]
    [InlineData("7f0000001000-7f0000801000 rw-p 0 00:00 0\n")]
    [InlineData("7f0000000000-7f0000001000 ---p 0 00:00 0\n7f0000001000-7f0000801000 rw-p 0 00:00 7 /lib/x\n")]
    public void What_has_no_guard_is_no_stack(string maps) => Find(maps).ShouldBeEmpty();

    private static IEnumerable<(ulong, long)> Find(string maps, params ulong[] pointers) =>
        ThreadStacks.Find(ProcMaps.Parse(maps), [.. pointers.Select(pointer => new Address(pointer))], StackBytes)
            .Select(stack => (stack.Start.Value, stack.End - stack.Start));
}
