using System.Diagnostics;
using LeakySpanner.LiveTests.Versions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Sampling;

/// <summary>Programs and machines that are not the usual: sampled where that is possible, and the program runs as it would where it is not.</summary>
public sealed class RunSituationTests
{
    private static InstalledPython Debian => InstalledPython.Named("3.11 bookworm");

    [LiveFact]
    public async Task Objects_that_are_asked_of_the_c_library_are_sampled()
    {
        var run = await SampledRun.OfAsync(Debian, "sampled.py", 64, wrapper: ["env", "PYTHONMALLOC=malloc"]);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        // As usual: 24.9, 12 and 14 MB.
        var main = run.Programs.MaxBy(program => program.Peak).ShouldNotBeNull(run.Answer.ToString());
        SampledRun.Line("sampled.py", "leak", main).ShouldBeInRange(15e6, 35e6, run.Answer.ToString());
        SampledRun.Line("sampled.py", "grown", main).ShouldBeInRange(6e6, 18e6, run.Answer.ToString());
    }

    [LiveFact]
    public async Task The_debugging_allocator_is_left_alone()
    {
        var run = await SampledRun.OfAsync(Debian, "sampled.py", 64, options: ["-X", "dev"]);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        run.Answer.Output.ShouldContain("\"leak\"");
        run.Said.ShouldContain("was not sampled: its allocator is the debugging one", Case.Sensitive, run.Answer.ToString());
    }

    [NamespaceFact]
    public async Task Shared_memory_of_64_KB_is_told_and_done_without()
    {
        var run = await SampledRun.OfAsync(
            Debian, "sampled.py", 64, wrapper: ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=64k none /dev/shm && exec \"$@\"", "sh"]);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        run.Said.ShouldContain("/dev/shm has 64 KiB free", Case.Sensitive, run.Answer.ToString());
        SampledRun.Line("sampled.py", "leak", run.Programs.MaxBy(program => program.Peak)!).ShouldBeGreaterThan(15e6, run.Answer.ToString());
    }

    [NamespaceFact]
    public async Task No_room_at_all_is_told_and_the_program_runs_on()
    {
        var run = await SampledRun.OfAsync(
            Debian, "sampled.py", 64,
            wrapper: ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=64k none /dev/shm && mkdir /dev/shm/small && exec env TMPDIR=/dev/shm/small DOTNET_EnableDiagnostics=0 \"$@\"", "sh"]);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        run.Answer.Output.ShouldContain("\"leak\"");
        run.Said.ShouldContain("was not sampled: no file in /dev/shm/small (No space left on device)", Case.Sensitive, run.Answer.ToString());
    }

    [LiveFact]
    public async Task A_library_that_is_loaded_later_is_seen_with_its_name_and_found_where_its_caller_looks()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-libraries-").FullName;
        try
        {
            Compile(folder, "inner/libinner.so");
            Compile(folder, "libcaller.so", "-DCALLER", "-Wl,--enable-new-dtags,-rpath,$ORIGIN/inner");

            var run = await SampledRun.OfAsync(Debian, "late_library.py", 64, arguments: [Path.Combine(folder, "libcaller.so"), Path.Combine(folder, "inner", "libinner.so")]);

            run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
            var program = run.Programs.ShouldHaveSingleItem(run.Answer.ToString());
            foreach (var label in new[] { "take", "pointer", "copy" })
                SampledRun.Line("late_library.py", label, program).ShouldBeInRange(12e6 * 0.55, 12e6 * 1.45, run.Answer.ToString());
            SampledRun.Line("late_library.py", "resized", program).ShouldBe(0, 300_000, run.Answer.ToString());
            string.Concat(run.Profiles.Values).ShouldContain("libinner.so", Case.Sensitive, run.Answer.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [PythonTheory(EachVersionOnce = true, Only = "3.11 3.13 3.15")]
    public async Task Other_interpreters_within_are_not_looked_into(string name)
    {
        var run = await SampledRun.OfAsync(InstalledPython.Named(name), "inner_interpreters.py", 16);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        SampledRun.Line("inner_interpreters.py", "outer", run.Programs.ShouldHaveSingleItem(run.Answer.ToString())).ShouldBeInRange(8e6, 12.5e6, run.Answer.ToString());
        string.Concat(run.Profiles.Values).ShouldNotContain("inner_work");
    }

    [PythonTheory(EachVersionOnce = true, Only = "3.11")]
    public async Task Buffers_of_numpy_are_seen(string name)
    {
        var run = await SampledRun.OfAsync(InstalledPython.Named(name), "numpy_buffers.py", 64);

        run.Answer.ExitCode.ShouldBe(7, run.Answer.ToString());
        SampledRun.Line("numpy_buffers.py", "kept", run.Programs.ShouldHaveSingleItem(run.Answer.ToString())).ShouldBeInRange(20e6 * 0.65, 20e6 * 1.35, run.Answer.ToString());
        string.Concat(run.Profiles.Values).ShouldContain("_multiarray_umath", Case.Sensitive, run.Answer.ToString());
    }

    [LiveTheory]
    [InlineData("--preload")]
    [InlineData("--threads=4")]
    public async Task Workers_of_gunicorn_are_sampled(string option)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-gunicorn-");
        try
        {
            var server = WebServer.Gunicorn(2, option) with { Launcher = [.. Tool.Command, "run", "--sample-every", "64", "--format", "collapsed", "--output", Path.Combine(folder.FullName, "{pid}.txt"), "--limit", "100", "--"] };
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Targets", "leaking_wsgi.py"), Path.Combine(folder.FullName, "leaking_wsgi.py"));
            await using var service = await WebService.StartAsync(server, "leaking_wsgi:app", folder.FullName);
            for (var request = 0; request < 300; request++)
                (await service.Client.GetStringAsync(new Uri("/", UriKind.Relative))).ShouldBe("ok");
            service.Process.Signal("TERM");
            await service.Process.WaitForExitAsync(TimeSpan.FromSeconds(60));

            var programs = SampledProgram.Parse(service.Process.StandardError, SampledRun.ProfilesIn(folder));
            // 30 MB in all, in one or both of them.
            programs.Sum(program => SampledRun.Line("leaking_wsgi.py", "leak", program)).ShouldBeInRange(22e6, 40e6, service.Output);
            programs.Count(program => SampledRun.Line("leaking_wsgi.py", "leak", program) > 0).ShouldBeInRange(1, 2, service.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [LiveFact]
    public async Task A_folder_that_cannot_be_written_is_no_harm()
    {
        var library = Path.Combine(Checkout.Root, "artifacts", "agent", "libleakyspanner-agent.so");
        await using var process = ChildProcess.Start(
            PythonService.Interpreter, ["-c", "print(sum(map(len, [bytes(1000)] * 1000)))"], "/", ("LD_PRELOAD", library), ("LEAKYSPANNER_AGENT", "/proc/1"));

        (await process.WaitForExitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
        process.StandardOutput.Trim().ShouldBe("1000000");
        process.StandardError.ShouldBe("");
    }

    private static void Compile(string folder, string library, params string[] options)
    {
        var path = Path.Combine(folder, library);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var compiler = Process.Start("cc", ["-O1", "-shared", "-fPIC", .. options, "-o", path, Path.Combine(AppContext.BaseDirectory, "Targets", "late_library.c"), "-ldl"]);
        compiler.WaitForExit();
        compiler.ExitCode.ShouldBe(0);
    }
}
