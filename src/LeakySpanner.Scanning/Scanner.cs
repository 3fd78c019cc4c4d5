using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning;

/// <summary>Parses files, joins them to a project and lets the rules look at it. Does no input or output of its own.</summary>
public sealed class Scanner(ScanOptions options)
{
    /// <param name="paths">All files, relative, with slashes.</param>
    /// <param name="read">Gives a file's bytes, or null where it cannot be read. Called from several threads.</param>
    /// <param name="progress">Told in a few words what is being done.</param>
    /// <param name="stop">Ends the scan early.</param>
    /// <exception cref="ParserException">The parser is not there, or there is no memory.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public ScanResult Scan(IReadOnlyList<string> paths, Func<string, byte[]?> read, Action<string>? progress = null, CancellationToken stop = default)
    {
        var sorted = paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Jobs), CancellationToken = stop };
        var skipped = new string?[sorted.Count];
        var modules = Parse(sorted, read, skipped, parallel, progress);

        progress?.Invoke("joining files");
        var project = new Project(modules);
        var facts = new ProjectFacts(project, parallel);
        progress?.Invoke("looking for leaks");
        var (findings, silenced) = Check(facts, parallel);
        return new ScanResult(
            findings,
            modules.Count,
            modules.Sum(module => (long)module.File.LineCount),
            [.. modules.Where(module => module.File.Tree.HasErrors).Select(module => module.File.Path)],
            [.. sorted.Select((path, i) => (path, skipped[i])).Where(each => each.Item2 is not null).Select(each => (each.path, each.Item2!))],
            silenced);
    }

    private static List<Module> Parse(List<string> paths, Func<string, byte[]?> read, string?[] skipped, ParallelOptions parallel, Action<string>? progress)
    {
        var names = new ModuleNames(paths);
        var modules = new Module?[paths.Count];
        var done = 0;
        Parallel.For(0, paths.Count, parallel, () => new PythonParser(), (i, _, parser) =>
        {
            if (read(paths[i]) is not { } text)
                skipped[i] = "cannot be read";
            else if (parser.Parse(text) is not { } tree)
                skipped[i] = text.Length > PythonParser.LongestFile ? "too long" : "the parser gave up on it";
            else
                modules[i] = Index(paths[i], names, tree);
            if (Interlocked.Increment(ref done) % 64 == 0)
                progress?.Invoke($"reading {done} of {paths.Count} files");
            return parser;
        }, parser => parser.Dispose());
        return [.. modules.OfType<Module>()];
    }

    private static Module Index(string path, ModuleNames names, SyntaxTree tree)
    {
        var (module, isPackage, root) = names.Of(path);
        return ModuleIndexer.Index(new SourceFile(path, module, isPackage, root, tree));
    }

    private (List<Finding> Findings, int Silenced) Check(ProjectFacts facts, ParallelOptions parallel)
    {
        var rules = RuleSet.All.Where(rule => options.Wants(rule.Info)).ToList();
        var found = new List<Finding>[facts.Project.Modules.Count];
        var silenced = 0;
        Parallel.For(0, found.Length, parallel, i =>
        {
            var module = facts.Project.Modules[i];
            var findings = new List<Finding>();
            foreach (var rule in rules)
                rule.Check(module, new RuleContext(facts, rule.Info, findings));
            if (TestCode.IsOne(module.File.Path))
                findings = [.. findings.Select(finding => finding with { Confidence = Confidence.Low })];
            findings.RemoveAll(finding => finding.Severity < options.MinSeverity || finding.Confidence < options.MinConfidence);
            if (findings.Count > 0)
            {
                var suppressions = new Suppressions(module.File);
                Interlocked.Add(ref silenced, findings.RemoveAll(finding => suppressions.Silence(
                    finding.Rule.Id, module.File.LineOf(finding.At.Start), module.File.LineOf(Math.Max(finding.At.Start, finding.At.End - 1)))));
            }

            found[i] = findings;
        });
        return ([.. found.SelectMany(each => each)
            .OrderBy(finding => finding.File.Path, StringComparer.Ordinal).ThenBy(finding => finding.At.Start).ThenBy(finding => finding.Rule.Id, StringComparer.Ordinal)], silenced);
    }
}
