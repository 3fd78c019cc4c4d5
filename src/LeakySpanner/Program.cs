using System.Reflection;
using LeakySpanner.Commands;

// Answered before anything is built: scripts ask for the version and want it at once.
if (args is ["--version"])
{
    Console.Out.WriteLine(typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
    return ExitCode.Fine;
}

return await CommandLine.RunAsync(args, Terminal.OfConsole(), TimeProvider.System).ConfigureAwait(false);
