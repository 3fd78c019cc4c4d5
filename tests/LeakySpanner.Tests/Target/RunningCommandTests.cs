using LeakySpanner.Target;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target;

public sealed class RunningCommandTests
{
    [Fact]
    public void A_command_that_is_not_there_is_told_in_the_words_of_the_C_library() =>
        Should.Throw<TargetException>(() => RunningCommand.Start(["no-such-command"], [])).Message
            .ShouldBe("cannot start no-such-command (No such file or directory): check that it is installed, or give its whole path");

    [Fact]
    public async Task The_environment_is_ours_and_what_is_added()
    {
        using var running = RunningCommand.Start(["/bin/sh", "-c", "test \"$ADDED\" = yes && test -n \"$PATH\" && exit 7"], [new("ADDED", "yes")]);

        await running.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        running.ExitCode.ShouldBe(7);
    }
}
