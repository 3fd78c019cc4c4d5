using LeakySpanner.Commands;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("detect")]
    [InlineData("detect --pid 1 --port 80")]
    [InlineData("detect --pid 1 -- python3 app.py")]
    [InlineData("detect --")]
    [InlineData("detect --pid 0")]
    [InlineData("detect --pid one")]
    [InlineData("detect --port 70000")]
    [InlineData("detect soon --pid 1")]
    [InlineData("detect 0 --pid 1")]
    [InlineData("detect --pid")]
    [InlineData("detect --colour --pid 1")]
    [InlineData("diagnose --duration 0s --pid 1")]
    [InlineData("diagnose 4121")]
    [InlineData("census --all --name x")]
    [InlineData("allocations --all --name x")]
    [InlineData("track-objects --rounds 0 --pid 1")]
    [InlineData("diff one-file")]
    [InlineData("diff a b -- python3")]
    [InlineData("diagnos --pid 1")]
    [InlineData("doctor -- python3 app.py")]
    [InlineData("doctor --pid 0")]
    [InlineData("analyze-logs no-such-file.log")]
    [InlineData("analyze-logs no-such-*.log")]
    [InlineData("analyze-logs --interval soon -")]
    [InlineData("analyze-logs --utc-offset 2 no-such-file.log")]
    [InlineData("analyze-logs -- cat")]
    [InlineData("--verbose")]
    [InlineData("")]
    public async Task What_cannot_be_understood_is_one_line_on_stderr_and_exit_2(string arguments)
    {
        var (code, output, error) = await Run(arguments);

        code.ShouldBe(ExitCode.Usage);
        output.ShouldBeEmpty();
        error.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith("leakyspanner: ");
    }

    [Theory]
    [InlineData("detect 1 --pid 2147483647")]
    [InlineData("diagnose --duration 1s --pid 2147483647")]
    [InlineData("diagnose --json --duration 1s --pid 2147483647")]
    [InlineData("census --name no-process-is-called-this")]
    public async Task A_target_that_is_not_there_is_one_line_on_stderr_and_exit_3(string arguments)
    {
        var (code, output, error) = await Run(arguments);

        code.ShouldBe(ExitCode.Target);
        output.ShouldBeEmpty();
        error.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith("leakyspanner: ");
    }

    [Fact]
    public async Task Doctor_tells_why_a_process_cannot_be_diagnosed_and_exits_with_3()
    {
        var (code, output, error) = await Run($"doctor --pid {Environment.ProcessId}");

        code.ShouldBe(ExitCode.Target);
        output.ShouldContain("its memory can be read");
        output.ShouldContain("runs no CPython");
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pid_without_its_option_is_understood_well_enough_to_help() =>
        (await Run("diagnose 4121")).Error.ShouldContain("diagnose --pid 4121");

    [Fact]
    public async Task Help_is_no_error()
    {
        var (code, output, error) = await Run("diagnose --help");

        code.ShouldBe(ExitCode.Fine);
        output.ShouldContain("--duration");
        output.ShouldContain("--pid");
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_follows_two_dashes_is_the_users_and_is_not_parsed() =>
        (await Run("diff a b -- --json")).Error.ShouldContain("starts no command");

    private static async Task<(int Code, string Output, string Error)> Run(string arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, OutputIsLive: false, ErrorIsLive: false, CanAsk: false, Width: 110, Colour: false);
        var code = await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), terminal, TimeProvider.System);
        return (code, output.ToString(), error.ToString());
    }
}
