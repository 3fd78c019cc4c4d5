using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>What a program's code does to its containers, and where its frameworks route to, read out of it in every version.</summary>
public sealed class ProgramTests
{
    private const string Script = "routed_program.py";

    [PythonTheory(EachVersionOnce = true)]
    public async Task Byte_code_and_routes_say_what_the_source_says(string name)
    {
        var python = InstalledPython.Named(name);
        using var script = new ScriptProcess(python, Path.Combine(AppContext.BaseDirectory, "Targets", Script));
        await script.ReceiveAsync();
        using var target = TargetProcess.Open(script.Pid);

        var graph = new HeapWalker(PythonProcess.Attach(target)).Walk(WalkOptions.Default, TimeSpan.Zero).Graph;

        graph.Coverage.Faults.Keys.ShouldNotContain("code with unknown instructions");
        graph.Codes.Length.ShouldBeGreaterThan(300);
        Uses(graph, "remember").ShouldBe([Line("results[key] = value", "Add results []="), Line("return len(results)", "Measure results len")]);
        Uses(graph, "add").ShouldBe(
        [
            Line("self.by_user.setdefault", "Add self.by_user setdefault"), Line("self.by_user.setdefault", "Add self.by_user[] append"),
            Line("self.recent.append", "Add self.recent append"), Line("self.recent = [one", "Evict self.recent [:]"),
        ],
        ignoreOrder: true);
        Uses(graph, "forget").ShouldBe([Line("del self.by_user[user]", "Remove self.by_user del []")]);
        var routes = graph.Routes.Where(route => !route.Template.Contains("docs", StringComparison.Ordinal) && route.Template is not ("/redoc" or "/openapi.json" or "/inner/redoc" or "/inner/openapi.json"));
        routes.Select(route => $"{route} {route.Dependencies.Length}").ShouldBe(
            python.HasFastApi ? ["GET /v1/shop/items/{key} 1", "POST /v1/orders 1", "GET /inner/deep 0", "GET /plain 0"] : [], ignoreOrder: true);
    }

    private static string[] Uses(HeapGraph graph, string function) =>
        [.. graph.Codes.Where(code => code.File.EndsWith(Script, StringComparison.Ordinal) && code.Name.Split('.')[^1] == function)
            .SelectMany(code => code.Uses).Where(use => use.Action != CodeAction.Call).Select(use => $"{use.Line} {use.Action} {use.Path} {use.Method}")];

    private static string Line(string source, string use)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Targets", Script));
        return $"{1 + Array.FindIndex(lines, line => line.Contains(source, StringComparison.Ordinal))} {use}";
    }
}
