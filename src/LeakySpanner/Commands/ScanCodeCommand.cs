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
    public static Command Build(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH") { Description = "files and folders; the current folder unless said otherwise", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = "pretty, concise or json", HelpName = "FORMAT", DefaultValueFactory = _ => "pretty" };
        format.AcceptOnlyFromAmong("pretty", "concise", "json");
        var json = new Option<bool>("--json") { Description = "the same as --format json" };
        var select = new Option<string[]>("--select") { Description = "only these rules, with commas between them", HelpName = "RULES", AllowMultipleArgumentsPerToken = false };
        var ignore = new Option<string[]>("--ignore") { Description = "not these rules", HelpName = "RULES", AllowMultipleArgumentsPerToken = false };
        var severity = new Option<RuleSeverity?>("--min-severity") { Description = "low, medium or high: nothing milder (low)", HelpName = "LEVEL" };
        var confidence = new Option<Confidence?>("--min-confidence") { Description = "low, medium or high: nothing less sure (medium)", HelpName = "LEVEL" };
        var explain = new Option<string?>("--explain") { Description = "what a rule means, with a wrong and a right example; `all` lists the rules", HelpName = "RULE" };
        var command = new Command("scan-code", "leak and latency patterns in Python source, with fixes")
        {
            paths, format, json, select, ignore, severity, confidence, explain,
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
                MinSeverity = parse.GetValue(severity) ?? defaults.MinSeverity,
                MinConfidence = parse.GetValue(confidence) ?? defaults.MinConfidence,
            };
            return Task.FromResult(Run(context, parse.GetValue(paths) ?? [], options, parse.GetValue(json) ? "json" : parse.GetValue(format)!, stop));
        });
        return command;
    }

    private static int Run(CommandContext context, string[] paths, ScanOptions options, string format, CancellationToken stop)
    {
        var progress = new Progress(context.Terminal);
        ScanResult result;
        try
        {
            result = new ScanSession(paths).Run(options, context.Terminal.ErrorIsLive ? progress.Show : null, stop);
        }
        catch (ParserException exception)
        {
            throw new UsageException(exception.Message);
        }
        finally
        {
            progress.Clear();
        }

        switch (format)
        {
            case "json":
                context.Terminal.Output.WriteLine(ScanJson.Of(result));
                break;
            case "concise":
                ScanConcise.Write(context.Terminal.Output, result);
                break;
            default:
                ScanText.Write(context.Terminal.Report(), result);
                break;
        }

        return result.Findings.Count > 0 ? ExitCode.Leak : ExitCode.Fine;
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
