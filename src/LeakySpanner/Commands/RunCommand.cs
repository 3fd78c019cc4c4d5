using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using LeakySpanner.Reports;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Sessions;
using LeakySpanner.Sessions.Sampling;

namespace LeakySpanner.Commands;

/// <summary>`run`: a command under the sampling agent, and what its memory was made of.</summary>
internal static class RunCommand
{
    private const long Kilobyte = 1024;

    public static Command Build(CommandContext context)
    {
        var format = new Option<string?>("--format") { Description = "html (a page with a flame graph, the default), json, speedscope, pprof or collapsed; --output's ending says it too", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong(ProfileFile.Formats);
        var output = new Option<string?>("--output", "-o") { Description = "the file; with {pid} in its name one per process", HelpName = "FILE" };
        var every = new Option<int>("--sample-every") { Description = "mean distance of two samples in KiB of allocations, 4 to 1048576", HelpName = "KIB", DefaultValueFactory = _ => 128 };
        var rows = new Option<int>("--limit") { Description = "lines of code to print", HelpName = "N", DefaultValueFactory = _ => 10 };
        var open = new Option<bool>("--open") { Description = "show the page in the browser at the end, also where no terminal asks" };
        var noOpen = new Option<bool>("--no-open") { Description = "do not show it; without either it is shown where there is a terminal and a browser" };
        var pid = new Option<int?>("--pid", "-p") { Description = "instead of a command: a process that runs already (CPython 3.14 and later)", HelpName = "N" };
        var duration = new Option<TimeSpan?>("--duration", "-d")
        {
            Description = "with --pid: how long to sample; without it until the process ends, or Ctrl-C",
            HelpName = "TIME",
            CustomParser = result => DurationText.Parse(result),
        };
        var command = new Command(
            "run", "run -- COMMAND with allocation sampling, children included: what memory was made of at its peak and at the end (kill -USR2 writes it meanwhile)")
        {
            format, output, every, rows, open, noOpen, pid, duration,
        };
        context.SetAction(command, (parse, stop) => RunAsync(
            context, ProfileFile.Of(parse.GetValue(format), parse.GetValue(output)), parse.GetValue(every) * Kilobyte, Math.Max(0, parse.GetValue(rows)),
            parse.GetValue(noOpen) ? false : parse.GetValue(open) ? true : null, parse.GetValue(pid), parse.GetValue(duration), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ProfileFile file, long meanBytes, int rows, bool? open, int? pid, TimeSpan? duration, CancellationToken stop)
    {
        if (pid is not null && context.Started is not null)
            throw new UsageException("say one of --pid and -- COMMAND, not both");
        if (pid is null && duration is not null)
            throw new UsageException("--duration goes with --pid: a command runs to its end");
        if (pid is null && context.Started is not { IsEmpty: false })
            throw new UsageException("no command after --: for example leakyspanner run -- python3 main.py");
        if (meanBytes is < 4 * Kilobyte or > 1024 * Kilobyte * Kilobyte)
            throw new UsageException("--sample-every wants 4 to 1048576 (KiB)");
        file.Check();

        var asked = 0;
        // SIGUSR2 has no name in .NET; numbers are taken as they are.
        using var signal = PosixSignalRegistration.Create((PosixSignal)12, handling =>
        {
            handling.Cancel = true;
            Interlocked.Exchange(ref asked, 1);
        });
        using var attached = pid is { } number ? AttachedProcess.Open(number) : null;
        using var session = RunSession.Create(context.Clock);
        context.Terminal.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"leakyspanner: one sample per {Phrase.Bytes(meanBytes)} on average; kill -USR2 {Environment.ProcessId} writes {file.Format} now, and once more at the end"));
        var code = ExitCode.Fine;
        if (attached is null)
            code = await session.RunAsync(context.Started!.Value, meanBytes, () => Interlocked.Exchange(ref asked, 0) != 0, () => Write(), stop).ConfigureAwait(false);
        else
            await session.AttachAsync(attached, meanBytes, duration, Waits, () => Interlocked.Exchange(ref asked, 0) != 0, () => Write(), stop).ConfigureAwait(false);
        var files = Write();
        if (file.Format is "html" && files.Count > 0 && (open ?? context.Terminal.OutputIsLive) && !Browser.TryOpen(files[0]) && open is true)
            context.Terminal.Error.WriteLine("leakyspanner: no browser was found to open it in: set BROWSER to one");
        return code;

        void Waits() => context.Terminal.Error.WriteLine($"leakyspanner: process {pid} has not run Python for a while: sampling begins as soon as its main thread does (a request would do)");

        IReadOnlyList<string> Write()
        {
            var written = file.Write(session.Processes, session.HasEnded, context.Clock.GetUtcNow());
            // Standard output is the command's.
            RunText.Write(new ReportWriter(context.Terminal.Error, context.Terminal.Width, colour: false), session, written, rows);
            return written;
        }
    }
}
