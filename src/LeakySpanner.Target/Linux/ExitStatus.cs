namespace LeakySpanner.Target.Linux;

/// <summary>How a process ended.</summary>
/// <param name="Code">What it gave back itself, or null where a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
public readonly record struct ExitStatus(int? Code, int? Signal)
{
    public const int Kill = 9;

    /// <param name="status">As wait(2) tells it: the signal in the low seven bits, else the code above the low eight.</param>
    public static ExitStatus OfWait(int status) =>
        (status & 0x7f) is not 0 and var signal ? new ExitStatus(null, signal) : new ExitStatus((status >> 8) & 0xff, null);

    /// <summary>"SIGKILL"; a number where a signal has no common name.</summary>
    public static string NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => "signal " + signal.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
