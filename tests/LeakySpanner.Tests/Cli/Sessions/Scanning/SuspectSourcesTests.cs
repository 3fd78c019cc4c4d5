using LeakySpanner.Model.Findings;
using LeakySpanner.Sessions.Scanning;
using LeakySpanner.Tests.Cli.Reports;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions.Scanning;

/// <summary>What stands in the source of a suspect, read through the root folder of its process.</summary>
public sealed class SuspectSourcesTests : IDisposable
{
    private const string Cache = """
        from fastapi import FastAPI

        app = FastAPI()
        results = {}


        @app.get("/query/{q}")
        def query(q):
            results[q] = q * 100
            return results[q]
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("leakyspanner-");

    [Theory]
    [InlineData("app.main.results", "app/main.py", 1)]
    [InlineData("(a name that the source has not)", "app/main.py", 9)]
    [InlineData("app.main.results", "/srv/app/main.py", 9)]
    public void It_is_found_by_its_name_or_by_the_line_that_fills_it(string name, string file, int line)
    {
        Write("/srv/app/__init__.py", "");
        Write("/srv/app/main.py", Cache);

        var source = Explain(name, file, line).ShouldNotBeNull();

        (source.Rule, source.File, source.Line).ShouldBe(("unbounded_cache", "app/main.py", 9));
        source.Message.ShouldContain("GET /query/{q}");
        source.Fix.ShouldContain("results = ");
    }

    [Fact]
    public void A_package_outside_of_the_working_directory_is_a_project_of_its_own()
    {
        Write("/usr/lib/shop/__init__.py", "");
        Write("/usr/lib/shop/main.py", Cache);

        var source = Explain("shop.main.results", "/usr/lib/shop/main.py", 9).ShouldNotBeNull();

        source.File.ShouldBe("/usr/lib/shop/main.py");
    }

    [Theory]
    [InlineData("app/main.py", "results = {}\n")]
    [InlineData("app/gone.py", "results = {}\n")]
    [InlineData("<string>", "results = {}\n")]
    [InlineData("/main.py", "results = {}\n")]
    [InlineData("../../../../main.py", "results = {}\n")]
    [InlineData("app/main.py", "def f(:\n\0\0\0(((")]
    public void What_is_not_there_or_says_nothing_is_no_finding(string file, string text)
    {
        Write("/srv/app/main.py", text);

        Explain("app.main.results", file, 1).ShouldBeNull();
    }

    public void Dispose() => _root.Delete(recursive: true);

    private SourceFinding? Explain(string name, string file, int line)
    {
        var suspect = Diagnoses.Leak.Suspects[0] with { Name = name, AllocatedAt = [new Site(file, line, "query")] };
        var explained = new SuspectSources(_root.FullName, "/srv", TimeProvider.System).Explain(Diagnoses.Leak with { Suspects = [suspect] });
        return explained.Suspects.ShouldHaveSingleItem().Source;
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.FullName + path)!);
        File.WriteAllText(_root.FullName + path, text);
    }
}
