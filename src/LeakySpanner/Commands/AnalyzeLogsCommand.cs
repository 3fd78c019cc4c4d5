using System.CommandLine;
using System.Globalization;
using LeakySpanner.Reports;
using LeakySpanner.Scanning.Logs;
using LeakySpanner.Sessions.Logs;

namespace LeakySpanner.Commands;

/// <summary>`analyze-logs FILE...`.</summary>
internal static class AnalyzeLogsCommand
{
    /// <summary>Where `leakyspanner(app)` writes unless told otherwise.</summary>
    private const string OwnLogs = "leakyspanner_logs";

    private const int BytesBetweenLooks = 1 << 24;

    public static Command Build(CommandContext context)
    {
        var files = new Argument<string[]>("file")
        {
            Description = "logs, folders, patterns, gzip or not, - for standard input; ./leakyspanner_logs unless said otherwise",
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "FILE",
        };
        var interval = new Option<TimeSpan?>("--interval")
        {
            Description = "how far apart samples are whose lines have no time: 5, 1m",
            HelpName = "SECONDS",
            CustomParser = result => DurationText.Parse(result),
        };
        var offset = new Option<string?>("--utc-offset") { Description = "of times that do not tell it: +02:00. They are UTC unless said otherwise", HelpName = "HH:MM" };
        var rows = new Option<int>("--rows") { Description = "lines per table", HelpName = "N", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("analyze-logs", "what application, server, kernel and container logs say about memory: kills, what repeats before them, growth, endpoints")
        {
            files, interval, offset, rows, json,
        };
        context.SetAction(command, (parse, stop) => Task.FromResult(Run(
            context, parse.GetValue(files) ?? [], new LogOptions(OffsetOf(parse.GetValue(offset)), parse.GetValue(interval)), Math.Max(1, parse.GetValue(rows)), parse.GetValue(json), stop)));
        return command;
    }

    private static int Run(CommandContext context, string[] names, LogOptions options, int rows, bool json, CancellationToken stop)
    {
        if (names.Length == 0)
            names = Directory.Exists(OwnLogs) ? [OwnLogs] : throw new UsageException("say which logs: leakyspanner analyze-logs FILE..., or - for standard input");

        var progress = new Progress(context.Terminal);
        var next = 0L;
        void Show(long bytes)
        {
            if (bytes < next)
                return;
            next = bytes + BytesBetweenLooks;
            progress.Show($"read {Phrase.Bytes(bytes)}");
        }

        var facts = LogReader.Read(LogInputs.Of(names, Console.OpenStandardInput, context.Clock), options, Show, stop);
        progress.Clear();
        if (facts.Files.All(file => file.Trouble is not null && file.Lines == 0))
            throw new UsageException($"{facts.Files[0].Name}: {facts.Files[0].Trouble}");

        var report = LogSession.Analyze(facts);
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(report));
        else
            LogsText.Write(context.Terminal.Report(), report, rows);
        return report.HasFindings ? ExitCode.Leak : ExitCode.Fine;
    }

    private static TimeSpan OffsetOf(string? text)
    {
        if (text is null or "Z" or "UTC")
            return TimeSpan.Zero;
        var digits = text.TrimStart('+', '-').Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 4 || !TimeSpan.TryParseExact(digits, "hhmm", CultureInfo.InvariantCulture, out var offset) || offset > TimeSpan.FromHours(14))
            throw new UsageException($"'{text}' is no offset from UTC: write +02:00 or -05:30");
        return text[0] == '-' ? -offset : offset;
    }
}
