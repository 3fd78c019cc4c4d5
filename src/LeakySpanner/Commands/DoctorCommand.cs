using System.CommandLine;
using LeakySpanner.Doctor;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`doctor`.</summary>
internal static class DoctorCommand
{
    /// <summary>A name may match every process of a machine.</summary>
    private const int MostProcesses = 32;

    public static Command Build(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "print one JSON object (leakyspanner.doctor/1)" };
        var command = new Command("doctor", "what works on this machine and for this process, and what to change where it does not") { json };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, _) =>
        {
            if (context.Started is not null)
                throw new UsageException("doctor starts no command: say --pid N, or nothing to examine the machine");
            return Task.FromResult(Run(context, target.ReadIfAny(parse), parse.GetValue(json)));
        });
        return command;
    }

    private static int Run(CommandContext context, TargetChoice? choice, bool json)
    {
        var pids = choice is null ? [] : TargetSelection.PidsOf(choice);
        var examination = new DoctorSession(DoctorSession.ExamineMachine()).Examine(pids.Take(MostProcesses));
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(examination));
        else
            DoctorText.Write(context.Terminal.Report(), examination);
        if (examination.Works)
            return ExitCode.Fine;
        return choice is null ? ExitCode.Leak : ExitCode.Target;
    }
}
