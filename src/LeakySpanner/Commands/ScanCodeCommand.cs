using System.CommandLine;
using LeakySpanner.Reports.Scan;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Scanning.Syntax;
using LeakySpanner.Sessions.Scanning;

namespace LeakySpanner.Commands;

/// <summary>`scan-code`: leaks and blocked event loops that the source already shows.</summary>
internal static class ScanCodeCommand
{
    /// <summary>In the order of <see cref="RuleSeverity"/> and <see cref="Confidence"/>.</summary>
    private static readonly string[] Levels = ["low", "medium", "high"];

    public static Command Build(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH") { Description = "files and folders; the current folder unless said otherwise", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = string.Join(", ", ScanReports.Names), HelpName = "FORMAT", DefaultValueFactory = _ => "pretty" };
        format.AcceptOnlyFromAmong(ScanReports.Names);
        var json = new Option<bool>("--json") { Description = "the same as --format json" };
        var select = new Option<string[]>("--select") { Description = "only these rules, with commas between them", HelpName = "RULES", AllowMultipleArgumentsPerToken = false };
        var ignore = new Option<string[]>("--ignore") { Description = "not these rules", HelpName = "RULES", AllowMultipleArgumentsPerToken = false };
        var severity = new Option<string?>("--min-severity") { Description = "low, medium or high: nothing milder (low)", HelpName = "LEVEL" };
        severity.AcceptOnlyFromAmong(Levels);
        var confidence = new Option<string?>("--min-confidence") { Description = "low, medium or high: nothing less sure (medium)", HelpName = "LEVEL" };
        confidence.AcceptOnlyFromAmong(Levels);
        var baseline = new Option<string?>("--baseline") { Description = "tell only what this file does not know", HelpName = "FILE" };
        var writeBaseline = new Option<string?>("--write-baseline") { Description = "write what is found to this file, for --baseline", HelpName = "FILE" };
        var fix = new Option<bool>("--fix") { Description = "mend what can be mended for certain, then tell the rest" };
        var explain = new Option<string?>("--explain") { Description = "what a rule means, with a wrong and a right example; `all` lists the rules", HelpName = "RULE" };
        var command = new Command("scan-code", "leak and latency patterns in Python source, with fixes")
        {
            paths, format, json, select, ignore, severity, confidence, baseline, writeBaseline, fix, explain,
        };
        context.SetAction(command, (parse, stop) =>
        {
            if (parse.GetValue(explain) is { } rule)
                return Task.FromResult(Explain(context, rule));
            var defaults = new ScanOptions();
            var options = new ScanOptions
            {
                Select = Rules(parse.GetValue(select)),
                Ignore = Rules(parse.GetValue(ignore)),
                MinSeverity = parse.GetValue(severity) is { } mildest ? (RuleSeverity)Array.IndexOf(Levels, mildest) : defaults.MinSeverity,
                MinConfidence = parse.GetValue(confidence) is { } least ? (Confidence)Array.IndexOf(Levels, least) : defaults.MinConfidence,
            };
            var known = parse.GetValue(baseline) is { } path ? BaselineFiles.Read(path) : null;
            var result = Scan(context, parse.GetValue(paths) ?? [], options, parse.GetValue(fix), stop);
            if (parse.GetValue(writeBaseline) is { } file)
            {
                BaselineFiles.Write(file, result);
                context.Terminal.Error.WriteLine($"leakyspanner: {file} knows {result.Findings.Count} findings");
                return Task.FromResult(ExitCode.Fine);
            }

            result = known?.Apply(result) ?? result;
            ScanReports.Write(parse.GetValue(json) ? "json" : parse.GetValue(format)!, result, context.Terminal);
            return Task.FromResult(result.Findings.Count > 0 ? ExitCode.Leak : ExitCode.Fine);
        });
        return command;
    }

    private static ScanResult Scan(CommandContext context, string[] paths, ScanOptions options, bool fix, CancellationToken stop)
    {
        var progress = new Progress(context.Terminal);
        try
        {
            var session = new ScanSession(paths);
            var result = session.Run(options, context.Terminal.ErrorIsLive ? progress.Show : null, stop);
            if (!fix || FixSession.Run(result) is not (> 0 and var mended))
                return result;
            progress.Clear();
            context.Terminal.Error.WriteLine($"leakyspanner: {mended} {(mended == 1 ? "finding" : "findings")} mended");
            return session.Run(options, context.Terminal.ErrorIsLive ? progress.Show : null, stop);
        }
        catch (ParserException exception)
        {
            throw new UsageException(exception.Message);
        }
        finally
        {
            progress.Clear();
        }
    }

    private static int Explain(CommandContext context, string id)
    {
        if (id == "all")
        {
            RuleText.WriteList(context.Terminal.Report());
            return ExitCode.Fine;
        }

        RuleText.Write(context.Terminal.Report(), Known(id).Info);
        return ExitCode.Fine;
    }

    private static string[] Rules(string[]? lists)
    {
        var ids = (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        foreach (var id in ids)
            _ = Known(id);
        return ids;
    }

    private static Rule Known(string id) =>
        RuleSet.Find(id) ?? throw new UsageException($"there is no rule {id}: leakyspanner scan-code --explain all lists them");
}
