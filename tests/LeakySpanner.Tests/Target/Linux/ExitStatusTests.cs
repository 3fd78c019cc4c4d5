using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ExitStatusTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(3 << 8, 3, null)]
    [InlineData(255 << 8, 255, null)]
    [InlineData(9, null, 9)]
    [InlineData(11 | 0x80, null, 11)]
    public void A_wait_status_is_a_code_or_a_signal(int status, int? code, int? signal) =>
        ExitStatus.OfWait(status).ShouldBe(new ExitStatus(code, signal));

    [Fact]
    public void Signals_have_names() => ExitStatus.NameOf(9).ShouldBe("SIGKILL");

    [Fact]
    public void A_signal_without_a_name_has_its_number() => ExitStatus.NameOf(34).ShouldBe("signal 34");
}
