using System.CommandLine;
using System.Globalization;
using System.Net;
using LeakySpanner.Model;
using LeakySpanner.Sidecar;

namespace LeakySpanner.Commands;

/// <summary>`sidecar`: what the package leakyspanner starts beside an application (docs/sidecar.md).</summary>
internal static class SidecarCommand
{
    private const double LongestIntervalSeconds = 24 * 3600;

    private static readonly Option<string?> Folder = new("--folder") { Description = "where the workers' rings and the socket are", HelpName = "PATH" };
    private static readonly Option<string?> Service = new("--service") { Description = "its name, for people", HelpName = "NAME" };
    private static readonly Option<int> RootPid = new("--root-pid") { Description = "ends when this process and all workers have ended", HelpName = "N" };
    private static readonly Option<string?> LogPath = new("--log-path") { Description = "folder of the logs", HelpName = "DIR" };
    private static readonly Option<string> Level = new("--level") { Description = "basic, mid or deep", DefaultValueFactory = _ => "mid" };
    private static readonly Option<string> Interval = new("--interval") { Description = "seconds between snapshot lines", DefaultValueFactory = _ => "5", HelpName = "SECONDS" };
    private static readonly Option<string> LeakThreshold = new("--leak-threshold") { Description = "growth that is worth an alert", DefaultValueFactory = _ => "50", HelpName = "MB" };
    private static readonly Option<string> Format = new("--log-format") { Description = "text or json", DefaultValueFactory = _ => "text" };
    private static readonly Option<string> LogMaxMb = new("--log-max-mb") { Description = "bound on all files of a session", DefaultValueFactory = _ => "100", HelpName = "MB" };
    private static readonly Option<string> MetricsHost = new("--metrics-host") { Description = "address of the metrics", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<int> MetricsPort = new("--metrics-port") { Description = "port of the metrics; 0 for none", DefaultValueFactory = _ => 8001, HelpName = "N" };
    private static readonly Option<bool> Detach = new("--detach") { Description = "start it in the background, and end once it answers" };

    public static Command Build(CommandContext context)
    {
        var command = new Command("sidecar", "what the Python package starts beside an application; not for people")
        {
            Folder, Service, RootPid, LogPath, Level, Interval, LeakThreshold, Format, LogMaxMb, MetricsHost, MetricsPort, Detach,
        };
        context.SetAction(command, (parse, stop) => RunAsync(context, Read(parse), parse.GetValue(Detach), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, SidecarOptions options, bool detach, CancellationToken stop)
    {
        if (!detach)
            return await ServeAsync(context, options, stop).ConfigureAwait(false);
        var trouble = await Detachment.StartAsync(new ServiceFolder(options.Folder), Arguments(options), context.Clock, stop).ConfigureAwait(false);
        return trouble is null ? ExitCode.Fine : context.Fail(trouble, ExitCode.Internal);
    }

    private static async Task<int> ServeAsync(CommandContext context, SidecarOptions options, CancellationToken stop)
    {
        try
        {
            if (!await new SidecarHost(options, context.Clock).RunAsync(stop).ConfigureAwait(false))
                context.Terminal.Error.WriteLine($"leakyspanner: another sidecar serves {options.Folder}");
            return ExitCode.Fine;
        }
        catch (IOException exception)
        {
            return context.Fail($"the sidecar cannot serve {options.Folder}: {exception.Message}", ExitCode.Internal);
        }
    }

    private static SidecarOptions Read(ParseResult parse)
    {
        var folder = parse.GetValue(Folder) is { Length: > 0 } path ? new ServiceFolder(path.Length > 1 ? path.TrimEnd('/') : path) : throw new UsageException("--folder is needed: the sidecar is started by the Python package leakyspanner");
        if (folder.Trouble is { } trouble)
            throw new UsageException("--folder: " + trouble);
        var port = parse.GetValue(MetricsPort);
        if (port is < 0 or > 65535)
            throw new UsageException("--metrics-port wants a number from 0 to 65535");
        var root = parse.GetValue(RootPid);
        if (root <= 0)
            throw new UsageException("--root-pid wants the number of a process");
        var key = Environment.GetEnvironmentVariable("LEAKYSPANNER_API_KEY");
        return new SidecarOptions(
            folder.Path,
            parse.GetValue(Service) is { Length: > 0 } name ? name : "service",
            root,
            Path.GetFullPath(parse.GetValue(LogPath) is { Length: > 0 } logs ? logs : throw new UsageException("--log-path is needed: the folder of the logs")),
            Named<SidecarLevel>(parse, Level),
            TimeSpan.FromSeconds(Positive(parse, Interval, LongestIntervalSeconds)),
            ByteSize.FromMB(Positive(parse, LeakThreshold, 1e9)),
            Named<LogFormat>(parse, Format),
            ByteSize.FromMB(Positive(parse, LogMaxMb, 1e9)).Bytes,
            Address(parse.GetValue(MetricsHost) ?? ""),
            port,
            string.IsNullOrEmpty(key) ? null : key);
    }

    /// <summary>As the real one is started; the key goes by environment.</summary>
    private static IEnumerable<string> Arguments(SidecarOptions options) =>
    [
        "sidecar",
        Folder.Name, options.Folder,
        Service.Name + "=" + options.Service,
        RootPid.Name, Text(options.RootPid),
        LogPath.Name, options.LogPath,
        Level.Name, options.Level.ToString().ToLowerInvariant(),
        Interval.Name, Text(options.Interval.TotalSeconds),
        LeakThreshold.Name, Text(options.LeakThreshold.InMB),
        Format.Name, options.LogFormat.ToString().ToLowerInvariant(),
        LogMaxMb.Name, Text(options.LogBytes / (double)ByteSize.MB),
        MetricsHost.Name, options.MetricsAddress.ToString(),
        MetricsPort.Name, Text(options.MetricsPort),
    ];

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static T Named<T>(ParseResult parse, Option<string> option)
        where T : struct, Enum =>
        Array.FindIndex(Enum.GetNames<T>(), name => name.Equals(parse.GetValue(option), StringComparison.OrdinalIgnoreCase)) is >= 0 and var index
            ? Enum.GetValues<T>()[index]
            : throw new UsageException($"{option.Name} wants one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    private static double Positive(ParseResult parse, Option<string> option, double most) =>
        double.TryParse(parse.GetValue(option), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && number > 0 && number <= most
            ? number
            : throw new UsageException($"{option.Name} wants a number above 0");

    private static IPAddress Address(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new UsageException($"--metrics-host wants an address, such as 127.0.0.1 or 0.0.0.0, not '{host}'");
}
