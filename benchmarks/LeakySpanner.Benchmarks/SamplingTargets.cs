using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.Benchmarks;

/// <summary>The same program (benchmarks/targets/sampling_cost.py), all alive at once: by itself, and under each profiler.</summary>
internal sealed class SamplingTargets : IDisposable
{
    private readonly List<(string Name, Process Process)> _all = [];

    /// <summary>Debian's Python: by itself twice, which tells the noise, under `leakyspanner run`, and with tracemalloc.</summary>
    public static readonly string[] Own = ["alone", "alone again", "leakyspanner run (128 KiB)", "leakyspanner run (512 KiB)", "tracemalloc (1 frame)"];

    /// <summary>Python of Debian sid, where memray is packaged.</summary>
    public static readonly string[] Sid = ["alone", "memray run"];

    private static readonly string Executable = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");

    /// <summary>The root with memray in it, or null. `chroot` into it must be permitted.</summary>
    public static string? MemrayRoot { get; } = new[] { Environment.GetEnvironmentVariable("LEAKYSPANNER_MEMRAY_ROOT"), Path.Combine(InstalledPython.Roots, "sid") }
        .FirstOrDefault(root => root is not null && Directory.Exists(Path.Combine(root, "usr/lib/python3/dist-packages/memray")));

    public IEnumerable<string> Names => _all.Select(each => each.Name);

    public static SamplingTargets Start(IEnumerable<string> names, bool sid)
    {
        var targets = new SamplingTargets();
        try
        {
            foreach (var name in names)
                targets._all.Add((name, Launch(sid ? SidCommand(name) : OwnCommand(name))));
            foreach (var (_, process) in targets._all)
                Receive(process);
            return targets;
        }
        catch
        {
            targets.Dispose();
            throw;
        }
    }

    /// <summary>Each does it in turn, beginning with another one in every round.</summary>
    /// <returns>CPU seconds, and bytes of memory that have come (proportional set size), in the order of the names.</returns>
    public (double Cpu, double Grown)[] Ask(string work, int round)
    {
        var answers = new (double, double)[_all.Count];
        for (var i = 0; i < _all.Count; i++)
        {
            var turn = (i + round) % _all.Count;
            var process = _all[turn].Process;
            process.StandardInput.WriteLine(work);
            process.StandardInput.Flush();
            var answer = Receive(process);
            answers[turn] = (answer.GetProperty("cpu").GetDouble(), answer.GetProperty("grown").GetDouble());
        }

        return answers;
    }

    public void Dispose()
    {
        // They end with their input.
        foreach (var (_, process) in _all)
            process.StandardInput.Close();
        foreach (var (_, process) in _all)
        {
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>`leakyspanner run`, before the command.</summary>
    public static string[] Tool(int kilobytes) =>
    [
        Executable, "run", "--sample-every", kilobytes.ToString(CultureInfo.InvariantCulture), "--format", "collapsed",
        "--output", Path.Combine(Path.GetTempPath(), $"leakyspanner-bench-{Environment.ProcessId}.txt"), "--",
    ];

    private static string[] OwnCommand(string name)
    {
        string[] python = ["/usr/bin/python3", Script];
        return name switch
        {
            "leakyspanner run (128 KiB)" => [.. Tool(128), .. python],
            "leakyspanner run (512 KiB)" => [.. Tool(512), .. python],
            "tracemalloc (1 frame)" => ["/usr/bin/python3", "-X", "tracemalloc=1", Script],
            _ => python,
        };
    }

    private static string[] SidCommand(string name)
    {
        var copy = $"/tmp/{Path.GetFileName(Script)}";
        File.Copy(Script, MemrayRoot + copy, overwrite: true);
        // It asks /proc how much memory it has.
        string[] python = ["unshare", "-m", "sh", "-c", """mount --bind /proc "$0/proc" && exec chroot "$0" "$@" """, MemrayRoot!, "/usr/bin/python3"];
        return name == "memray run"
            ? [.. python, "-m", "memray", "run", "--quiet", "--force", "--output", "/tmp/sampling_cost.memray", copy]
            : [.. python, copy];
    }

    private static string Script { get; } = Path.Combine(PythonScript.Root(), "benchmarks", "targets", "sampling_cost.py");

    private static Process Launch(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static JsonElement Receive(Process process) =>
        JsonDocument.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a program under measurement has ended")).RootElement;
}
