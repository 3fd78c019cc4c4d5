using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests;

/// <summary>The arrows of ARCHITECTURE.md, read from the project files, so that the compiler guards the pipeline.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["LeakySpanner.Model"] = [],
        ["LeakySpanner.Target"] = ["LeakySpanner.Model"],
        ["LeakySpanner.CPython"] = ["LeakySpanner.Model", "LeakySpanner.Target"],
        ["LeakySpanner.Analysis"] = ["LeakySpanner.Model"],
        ["LeakySpanner.Scanning"] = ["LeakySpanner.Model"],
        ["LeakySpanner"] = ["LeakySpanner.Analysis", "LeakySpanner.CPython", "LeakySpanner.Model", "LeakySpanner.Scanning", "LeakySpanner.Target"],
    };

    [Fact]
    public void Projects_reference_only_what_stands_below_them()
    {
        var projects = Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories);

        projects.Select(project => Path.GetFileNameWithoutExtension(project)!).Order().ShouldBe(Allowed.Keys.Order());
        foreach (var project in projects)
        {
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order();
            references.ShouldBe(Allowed[Path.GetFileNameWithoutExtension(project)]);
        }
    }

    [Fact]
    public void Only_those_that_cross_a_border_may_be_unsafe()
    {
        var unsafeProjects = Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project));

        // Memory of another process, and the parser's library.
        unsafeProjects.Order().ShouldBe(["LeakySpanner.Scanning", "LeakySpanner.Target"]);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return folder.FullName;
    }
}
