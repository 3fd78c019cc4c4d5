using LeakySpanner.Commands;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Commands;

public sealed class SidecarCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("--folder is needed")]
    [InlineData("absolute", "--folder", "here")]
    [InlineData("there is no folder", "--folder", "/no/such/folder")]
    [InlineData("--root-pid wants", "--folder", "OURS")]
    [InlineData("--log-path is needed", "--folder", "OURS", "--root-pid", "1")]
    [InlineData("--level wants one of basic, mid, deep", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--level", "1")]
    [InlineData("--interval wants", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--interval", "-1")]
    [InlineData("--interval wants", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--interval", "NaN")]
    [InlineData("--leak-threshold wants", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--leak-threshold", "0")]
    [InlineData("--log-format wants one of text, json", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--log-format", "xml")]
    [InlineData("--metrics-host wants", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--metrics-host", "example.org")]
    [InlineData("--metrics-port wants", "--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp", "--metrics-port", "65536", "--detach")]
    public async Task Bad_input_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        var (code, error) = await RunAsync(arguments);

        code.ShouldBe(ExitCode.Usage, error);
        error.ShouldContain(message);
        error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_folder_that_others_may_enter_is_refused()
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);

        var (code, error) = await RunAsync("--folder", "OURS", "--root-pid", "1", "--log-path", "/tmp");

        (code, error.Contains("open to other users", StringComparison.Ordinal)).ShouldBe((ExitCode.Usage, true));
    }

    private async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        var error = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, error, false, false, false, 110, false);
        var code = await CommandLine.RunAsync(["sidecar", .. arguments.Select(word => word == "OURS" ? _folder.FullName : word)], terminal, TimeProvider.System);
        return (code, error.ToString());
    }
}
