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
}
