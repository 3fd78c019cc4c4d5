using System.Collections.Immutable;
using System.CommandLine;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>The options by which every command that reads a process finds it.</summary>
internal sealed class TargetOptions
{
    private readonly Option<int?> _pid = new("--pid", "-p") { Description = "the process with this number; or -- COMMAND ... starts one, watches it and stops it", HelpName = "N" };
    private readonly Option<int?> _port = new("--port") { Description = "the process that listens on this TCP port", HelpName = "N" };
    private readonly Option<string?> _name = new("--name") { Description = "processes whose name or command line matches", HelpName = "GLOB" };
    private readonly Option<bool> _all = new("--all") { Description = "every process that matches, such as all workers" };
    private readonly ImmutableArray<string>? _started;

    /// <param name="command">Gets the options.</param>
    /// <param name="started">What stood after "--", or null where there was none.</param>
    public TargetOptions(Command command, ImmutableArray<string>? started)
    {
        _started = started;
        command.Options.Add(_pid);
        command.Options.Add(_port);
        command.Options.Add(_name);
        command.Options.Add(_all);
    }

    /// <summary>Null where none was chosen.</summary>
    public TargetChoice? ReadIfAny(ParseResult parse) =>
        parse.GetValue(_pid) is null && parse.GetValue(_port) is null && parse.GetValue(_name) is null && _started is null ? null : Read(parse);

    public TargetChoice Read(ParseResult parse)
    {
        var choice = new TargetChoice(
            parse.GetValue(_pid), parse.GetValue(_port), parse.GetValue(_name), _started ?? [], parse.GetValue(_all));
        var ways = (choice.Pid is null ? 0 : 1) + (choice.Port is null ? 0 : 1) + (choice.Name is null ? 0 : 1) + (_started is null ? 0 : 1);
        return ways switch
        {
            0 => throw new UsageException("which process? say --pid N, --port N, --name GLOB, or -- COMMAND to start one"),
            > 1 => throw new UsageException("say one of --pid, --port, --name and -- COMMAND, not several"),
            _ when _started is { IsEmpty: true } => throw new UsageException("no command after --: for example -- uvicorn main:app"),
            _ when choice.Pid <= 0 => throw new UsageException("--pid wants a number above 0; `pgrep -af python` lists candidates"),
            _ when choice.Port is <= 0 or > 65535 => throw new UsageException("--port wants a number from 1 to 65535"),
            _ => choice,
        };
    }

    /// <summary>For a command that is about one process.</summary>
    /// <param name="parse">What was said.</param>
    /// <param name="does">"census looks at".</param>
    /// <exception cref="UsageException">Said wrongly, or --all.</exception>
    public TargetChoice ReadOne(ParseResult parse, string does) =>
        Read(parse) is { All: false } choice ? choice : throw new UsageException($"{does} one process: choose it with --pid");
}
