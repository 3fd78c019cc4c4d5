using LeakySpanner.Sessions;
using LeakySpanner.Target;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class TargetSelectionTests
{
    [Theory]
    [InlineData("/no/such/program", "cannot be started")]
    [InlineData("/bin/false", "exit code 1")]
    public async Task A_command_that_ends_at_once_is_told_with_its_exit_code(string program, string expected)
    {
        var choice = new TargetChoice(null, null, null, [program], All: false);

        var trouble = await Should.ThrowAsync<TargetException>(() => TargetSelection.ResolveAsync(choice, null, TimeProvider.System, default));

        trouble.Failure.ShouldBe(TargetFailure.Gone);
        trouble.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_process_that_is_not_python_is_refused()
    {
        var choice = new TargetChoice(Environment.ProcessId, null, null, [], All: false);

        var trouble = await Should.ThrowAsync<TargetException>(() => TargetSelection.ResolveAsync(choice, null, TimeProvider.System, default));

        trouble.Failure.ShouldBe(TargetFailure.NotPython);
    }

    [Fact]
    public async Task Nobody_listens_on_port_1()
    {
        var choice = new TargetChoice(null, 1, null, [], All: false);

        var trouble = await Should.ThrowAsync<TargetException>(() => TargetSelection.ResolveAsync(choice, null, TimeProvider.System, default));

        trouble.Failure.ShouldBe(TargetFailure.NoneMatches);
    }
}
