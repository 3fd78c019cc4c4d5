using LeakySpanner.Commands;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Commands;

public sealed class ScanCodeCommandTests : IDisposable
{
    private const string Slow = "import time\nasync def f():\n    time.sleep(1)\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scan-code-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pretty", "HIGH SEVERITY (blocking_call_in_async):")]
    [InlineData("text", "app.py:3:5: blocking_call_in_async high ")]
    [InlineData("concise", "app.py:3:5: blocking_call_in_async high ")]
    [InlineData("json", "\"schema\":\"leakyspanner.scan/1\"")]
    [InlineData("sarif", "\"version\":\"2.1.0\"")]
    [InlineData("github", "::error file=")]
    [InlineData("junit", "<testsuites ")]
    public async Task Every_format_tells_what_is_found_and_exits_with_1(string format, string expected)
    {
        Write("app.py", Slow);

        var (code, output, error) = await Run("--format", format, _folder.FullName);

        code.ShouldBe(ExitCode.Leak);
        output.ShouldContain(expected);
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_found_exits_with_0()
    {
        Write("app.py", "x = 1\n");

        (await Run(_folder.FullName)).Code.ShouldBe(ExitCode.Fine);
    }

    [Theory]
    [InlineData("--ignore", "blocking_call_in_async")]
    [InlineData("--select", "unbounded_cache,client_per_request")]
    [InlineData("--min-confidence", "high")]
    public async Task What_is_not_asked_for_is_not_told(string option, string value)
    {
        Write("app.py", Slow);

        (await Run(option, value, _folder.FullName)).Code.ShouldBe(ExitCode.Fine);
    }

    [Theory]
    [InlineData("--select", "no_such_rule")]
    [InlineData("--explain", "no_such_rule")]
    [InlineData("--format", "xml")]
    [InlineData("--baseline", "/no/such/file")]
    [InlineData("--min-severity", "grave")]
    public async Task What_cannot_be_understood_is_one_line_and_exit_2(string option, string value)
    {
        var (code, output, error) = await Run(option, value, _folder.FullName);

        code.ShouldBe(ExitCode.Usage);
        output.ShouldBeEmpty();
        error.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith("leakyspanner: ");
    }

    [Fact]
    public async Task A_baseline_hides_what_was_there_and_tells_what_is_new()
    {
        Write("app.py", Slow);
        var baseline = Path.Combine(_folder.FullName, "baseline.json");

        (await Run("--write-baseline", baseline, _folder.FullName)).Code.ShouldBe(ExitCode.Fine);
        (await Run("--baseline", baseline, _folder.FullName)).Code.ShouldBe(ExitCode.Fine);
        Write("new.py", Slow);
        var (code, output, _) = await Run("--baseline", baseline, "--format", "text", _folder.FullName);

        code.ShouldBe(ExitCode.Leak);
        output.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("new.py:3:5");
    }

    [Fact]
    public async Task Fix_mends_the_file_and_keeps_its_mode()
    {
        var path = Write("app.py", Slow);
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(path, Mode);

        var (code, _, error) = await Run("--fix", _folder.FullName);

        code.ShouldBe(ExitCode.Fine);
        error.ShouldContain("1 finding mended");
        File.ReadAllText(path).ShouldBe("import asyncio\nimport time\nasync def f():\n    await asyncio.sleep(1)\n");
        File.GetUnixFileMode(path).ShouldBe(Mode);
        _folder.GetFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_rule_explains_itself()
    {
        var (code, output, _) = await Run("--explain", "blocking_call_in_async");

        code.ShouldBe(ExitCode.Fine);
        output.ShouldContain("wrong:");
        output.ShouldContain("right:");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, OutputIsLive: false, ErrorIsLive: false, CanAsk: false, Width: 110, Colour: false);
        var code = await CommandLine.RunAsync(["scan-code", .. arguments], terminal, TimeProvider.System);
        return (code, output.ToString(), error.ToString());
    }
}
