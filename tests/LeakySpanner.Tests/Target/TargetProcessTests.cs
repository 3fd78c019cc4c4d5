using System.Diagnostics;
using LeakySpanner.Model;
using LeakySpanner.Target;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target;

public sealed class TargetProcessTests
{
    [Fact]
    public void We_can_be_observed_by_ourselves()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);

        process.IsAlive.ShouldBeTrue();
        process.ReadRegions().ShouldContain(region => region.Path.EndsWith("/libcoreclr.so", StringComparison.Ordinal));
    }

    [Fact]
    public void An_exported_symbol_of_a_library_is_found_where_the_loader_put_it()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);
        var libc = System.Runtime.InteropServices.NativeLibrary.Load("libc.so.6");
        var expected = System.Runtime.InteropServices.NativeLibrary.GetExport(libc, "environ");

        process.TryFindSymbol("environ", out var address, out var image).ShouldBeTrue();

        image.ShouldContain("libc");
        address.ShouldBe(new Address((ulong)expected));
    }

    [Fact]
    public void A_symbol_that_nobody_has_is_not_found()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);

        process.TryFindSymbol("leakyspanner_no_such_symbol", out _, out var image).ShouldBeFalse();

        image.ShouldBeNull();
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_pid_that_nobody_has_is_refused(int pid) =>
        Should.Throw<TargetException>(() => TargetProcess.Open(pid)).Failure.ShouldBe(TargetFailure.NoSuchProcess);

    [Fact]
    public void What_is_being_killed_is_gone_and_what_lives_is_not()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var process = TargetProcess.Open(child.Id);
        process.ThrowIfEnding(TimeSpan.Zero);

        child.Kill();

        Should.Throw<TargetException>(() => process.ThrowIfEnding(TimeSpan.FromSeconds(30))).Failure.ShouldBe(TargetFailure.Gone);
    }

    [Fact]
    public void A_process_that_ends_while_observed_is_gone()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var process = TargetProcess.Open(child.Id);
        process.IsAlive.ShouldBeTrue();

        child.Kill();
        child.WaitForExit();

        process.IsAlive.ShouldBeFalse();
        Should.Throw<TargetException>(() => process.ReadRegions()).Failure.ShouldBe(TargetFailure.Gone);
        process.Memory.TryRead(new Address(0x400000), new byte[8]).ShouldBeFalse();
        Should.Throw<TargetException>(() => process.TryFindSymbol("environ", out _, out _)).Failure.ShouldBe(TargetFailure.Gone);
    }

    [Fact]
    public void A_socket_that_we_listen_on_leads_to_us()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var process = TargetProcess.Open(Environment.ProcessId);

        ProcessFinder.ByPort(port).ShouldContain(candidate => candidate.Pid == Environment.ProcessId);
        process.ReadDescriptors().ShouldContain(descriptor => descriptor.Name == $"127.0.0.1:{port} LISTEN");
    }

    [Fact]
    public void The_kernels_numbers_for_us_are_plausible()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);

        var memory = process.ReadMemorySample(TimeSpan.FromSeconds(3));
        var resources = process.ReadResourceSample(TimeSpan.FromSeconds(3));

        memory.At.ShouldBe(TimeSpan.FromSeconds(3));
        memory.Anonymous.ShouldBeLessThan(memory.Rss);
        memory.Rss.ShouldBeLessThan(memory.Virtual);
        resources.Threads.ShouldBeGreaterThan(1);
        resources.Descriptors.ShouldBeGreaterThan(2);
        process.ReadThreads().ShouldContain(thread => thread.Id == Environment.ProcessId);
        process.ReadMemoryLimit()!.Value.Limit.ShouldBeGreaterThan(memory.Rss);
        process.CommandLine.ShouldContain("dotnet");
    }

    [Fact]
    public void A_stopped_process_is_told_with_how_to_wake_it()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var process = TargetProcess.Open(child.Id);
        process.EnsureRunning();

        using (var stop = Process.Start("kill", ["-STOP", child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            stop.WaitForExit();
        SpinWait.SpinUntil(() => process.ReadStat().IsStopped, TimeSpan.FromSeconds(10)).ShouldBeTrue();

        var trouble = Should.Throw<TargetException>(process.EnsureRunning);
        trouble.Failure.ShouldBe(TargetFailure.Stopped);
        trouble.Message.ShouldContain($"kill -CONT {child.Id}");
        child.Kill();
        child.WaitForExit();
    }

    [Fact]
    public void A_thread_of_the_kernel_is_refused()
    {
        // kthreadd is pid 2 wherever the kernel's threads are visible at all; containers hide them.
        if (!File.Exists("/proc/2/comm") || File.ReadAllText("/proc/2/comm") != "kthreadd\n")
            return;

        Should.Throw<TargetException>(() => TargetProcess.Open(2)).Failure.ShouldBeOneOf(TargetFailure.NotSupported, TargetFailure.NotPermitted);
    }

    [Fact]
    public void Ranges_of_a_process_add_up_to_its_resident_size()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var process = TargetProcess.Open(child.Id);
        SpinWait.SpinUntil(() => process.CommandLine == "sleep 600" && process.ReadStat().State == 'S', TimeSpan.FromSeconds(10)).ShouldBeTrue();

        var map = process.ReadMemoryMap([]);

        child.Kill();
        child.WaitForExit();
        var sum = map.Ranges.Sum(range => range.ResidentBytes);

        // The kernel batches its own counter per processor, by some dozens of pages.
        Math.Abs(sum - map.Rss.Bytes).ShouldBeLessThan(map.Rss.Bytes / 4);
        map.Ranges.ShouldContain(range => range.Kind == LeakySpanner.Model.Usage.RangeKind.Stack && range.ResidentBytes > 0);
        map.Ranges.ShouldContain(range => range.Kind == LeakySpanner.Model.Usage.RangeKind.Malloc && range.Name == "[heap]");
        map.Malloc.Faults.ShouldBe(0);
        map.Malloc.InUseBytes.ShouldBeGreaterThan(0);
    }
}
