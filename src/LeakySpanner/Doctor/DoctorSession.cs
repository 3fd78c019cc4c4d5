using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Permissions;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Doctor;

/// <summary>Tries what a diagnosis would do, a step at a time, and says of each whether it works. Nothing is stopped or changed.</summary>
internal sealed class DoctorSession
{
    private readonly MachineFacts _machine;

    public DoctorSession(MachineFacts machine) => _machine = machine;

    public static MachineFacts ExamineMachine() => new(
        KernelRules.Read(),
        ProcessRights.Read("self") ?? throw new InvalidOperationException("/proc is not mounted"),
        SystemCalls.Try(),
        SurroundingsOfUs.Find(),
        ProcessFinder.CountVisible());

    public Examination Examine(IEnumerable<int> pids) => new(MachineRules.Of(_machine), [.. pids.Select(Examine)]);

    private ProcessExamination Examine(int pid)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        try
        {
            using var seen = TargetProcess.Observe(pid);
            var status = seen.ReadStatus();
            findings.Add(State(seen, status));
            findings.Add(Limit(seen));
            var runtime = ExamineMemory(pid, findings);
            return new ProcessExamination(
                pid, status.InnermostPid > 0 ? status.InnermostPid : null, seen.CommandLine, seen.FindContainer(), runtime, findings.DrainToImmutable());
        }
        catch (TargetException exception)
        {
            findings.Add(new Finding("process", FindingState.Broken, exception.Message)
            {
                Remedies = exception.Failure switch
                {
                    TargetFailure.NoSuchProcess when !_machine.Rules.IsWholeMachine => Remedies.ShareProcesses(_machine.Where),
                    TargetFailure.NotPermitted => Remedies.Trace(_machine.Where),
                    _ => [],
                },
            });
            return new ProcessExamination(pid, null, "", null, null, findings.DrainToImmutable());
        }
    }

    private static Finding State(TargetProcess process, ProcessStatus status)
    {
        if (status.TracerPid != 0)
            return new Finding("state", FindingState.Limited, $"pid {status.TracerPid} traces it (gdb, strace): --pause cannot work meanwhile");
        return process.ReadStat().IsStopped
            ? new Finding("state", FindingState.Limited, "it is stopped: it can be read, but nothing grows in it") { Remedies = [new Remedy("machine", $"kill -CONT {process.Pid}")] }
            : new Finding("state", FindingState.Works, string.Create(CultureInfo.InvariantCulture, $"runs, {status.Threads:N0} thread{(status.Threads == 1 ? "" : "s")}, RSS {status.Rss}"));
    }

    private static Finding Limit(TargetProcess process) => process.ReadMemoryLimit() is { } limit
        ? new Finding("memory_limit", FindingState.Works, $"{limit.Limit} ({limit.Source})")
        : new Finding("memory_limit", FindingState.Note, "no limit is told: when it will be reached cannot be said");

    /// <returns>The runtime, where there is one.</returns>
    private string? ExamineMemory(int pid, ImmutableArray<Finding>.Builder findings)
    {
        TargetProcess target;
        try
        {
            target = TargetProcess.Open(pid);
        }
        catch (TargetException exception)
        {
            findings.Add(exception.Failure == TargetFailure.NotPermitted
                ? AccessRules.Refused(_machine, ProcessRights.Read(pid.ToString(CultureInfo.InvariantCulture)), exception.Message)
                : new Finding("access", FindingState.Broken, exception.Message));
            return null;
        }

        using (target)
        {
            findings.Add(new Finding("access", FindingState.Works, "its memory can be read"));
            PythonProcess python;
            try
            {
                python = PythonProcess.Attach(target);
            }
            catch (TargetException exception)
            {
                findings.Add(new Finding("python", FindingState.Broken, exception.Message));
                return null;
            }

            findings.Add(Python(target, python));
            findings.Add(Tracemalloc(python));
            findings.Add(Sampling(target, python));
            findings.Add(Shim(target));
            findings.Add(Malloc(target));
            return python.Description;
        }
    }

    private static Finding Python(TargetProcess target, PythonProcess python)
    {
        _ = target.TryFindSymbol("_PyRuntime", out _, out var image);
        var kind = image?.Contains(".so", StringComparison.Ordinal) == true ? "shared library" : "executable";
        return new Finding("python", FindingState.Works, $"{python.Description}, default build, in the {kind} {image}");
    }

    private static Finding Tracemalloc(PythonProcess python)
    {
        var table = TracemallocReader.Read(python, 1);
        return (table.IsTracing, table.Note) switch
        {
            (true, null) => new Finding("tracemalloc", FindingState.Works, "on: `allocations` tells the lines that allocated what is held"),
            (true, { } note) => new Finding("tracemalloc", FindingState.Note, note),
            _ => new Finding("tracemalloc", FindingState.Note, "off: lines are inferred from code, not recorded")
            {
                Remedies = [new Remedy("machine", "PYTHONTRACEMALLOC=1   # in the environment of the service; code that only allocates runs 5 to 18 times slower")],
            },
        };
    }

    private static Finding Sampling(TargetProcess target, PythonProcess python) => SamplingRules.Of(
        python.Description, python.Layout.Version, RemoteScript.IsAllowed(python), target.ReadRegions().Any(region => AgentLibrary.IsName(Path.GetFileName(region.Path))), target.Pid);

    private static Finding Shim(TargetProcess target)
    {
        using var ring = RequestRingFinder.Find(target);
        return ring is not null
            ? new Finding("requests", FindingState.Works, "leakyspanner(app) runs in it: bytes per request are measured")
            : new Finding("requests", FindingState.Note, "leakyspanner(app) does not run in it: endpoints are inferred, not measured");
    }

    private static Finding Malloc(TargetProcess target) => CLibraries.Of(target.ReadRegions()) switch
    {
        CLibrary.Glibc => new Finding("malloc", FindingState.Works, "glibc's: what it holds and what it has free is told apart"),
        CLibrary.Musl => new Finding("malloc", FindingState.Note, "musl's, whose headers are not read: what native code holds is not told from what is free"),
        CLibrary.OtherAllocator => new Finding("malloc", FindingState.Note, "one loaded in front of the C library's, whose headers are not read: what native code holds is not told from what is free"),
        _ => new Finding("malloc", FindingState.Note, "not known: what native code holds may not be told from what is free"),
    };
}
