using System.Globalization;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>What the sidecar itself takes beside a service of 200 MB that nobody asks anything.</summary>
internal static class SidecarIdleBenchmark
{
    private const int Megabytes = 200;

    /// <summary>What a sidecar does once, at its start, is not what it costs.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <param name="arguments">[SECONDS]</param>
    public static int Run(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 60;
        return RunAsync(TimeSpan.FromSeconds(seconds)).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(TimeSpan time)
    {
        foreach (var level in new[] { "basic", "mid" })
        {
            await using var watched = await Measured.StartAsync([], ("SHIM", "1"), ("LEAKYSPANNER_LEVEL", level), ("MEGABYTES", $"{Megabytes}"));
            var sidecar = await watched.SidecarAsync();
            await Task.Delay(Settling);
            var cpu = Processes.Cpu(sidecar.Pid);
            var largest = 0L;
            for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                largest = Math.Max(largest, Processes.Status(sidecar.Pid, "VmRSS"));
            }

            var share = (Processes.Cpu(sidecar.Pid) - cpu) / time;
            Console.WriteLine($"sidecar-idle: level {level}, app of {Processes.Status(watched.Service.Process.Pid, "VmRSS") >> 20} MB, {time.TotalSeconds:0} s: "
                + $"largest RSS {F(largest / 1048576.0, "0.0")} MB (since its start: {F(Processes.Status(sidecar.Pid, "VmHWM") / 1048576.0, "0.0")} MB; asked: 70), "
                + $"{F(100 * share)} % of a core (asked: 2)");
        }

        return 0;
    }
}
