using System.Diagnostics;
using LeakySpanner.Model;
using LeakySpanner.Target;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target;

public sealed class TargetCopyTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private readonly Process _child = Process.Start(new ProcessStartInfo("sleep", "600"))!;

    public void Dispose()
    {
        _child.Kill();
        _child.WaitForExit();
        _child.Dispose();
    }

    [Fact]
    public void Of_a_process_that_is_stopped_every_readable_byte_is_the_same()
    {
        using var process = TargetProcess.Open(_child.Id);
        using (var stop = Process.Start("kill", ["-STOP", _child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            stop.WaitForExit();
        SpinWait.SpinUntil(() => process.ReadStat().State == 'T', TimeSpan.FromSeconds(30)).ShouldBeTrue();

        using var copy = TargetCopy.TryMake(process, Bound, CancellationToken.None).ShouldNotBeNull();

        copy.Length.ShouldBeGreaterThan(4096);
        copy.HasLapsed.ShouldBeFalse();
        copy.Paused.ShouldBeGreaterThan(TimeSpan.Zero);
        process.ReadStatus().TracerPid.ShouldBe(0);
        copy.ReadRegions().ShouldBe(process.ReadRegions());
        foreach (var region in copy.ReadRegions().Where(region => region.IsReadable && !region.Path.StartsWith("[v", StringComparison.Ordinal)))
        {
            var length = (int)Math.Min(region.Length, 1 << 20);
            var (copied, live) = (new byte[length], new byte[length]);
            copy.Memory.TryRead(region.Start, copied).ShouldBe(process.Memory.TryRead(region.Start, live), region.ToString());
            copied.AsSpan().SequenceEqual(live).ShouldBeTrue(region.ToString());
        }
    }

    [Fact]
    public void What_is_read_from_it_does_not_change_any_more()
    {
        using var writer = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "x=0; while read line; do x=$line$x; echo done; done"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Say(writer, "first");
        using var process = TargetProcess.Open(writer.Id);
        using var copy = TargetCopy.TryMake(process, Bound, CancellationToken.None).ShouldNotBeNull();
        var before = Heap(copy);

        Say(writer, new string('y', 1000));

        Heap(process).AsSpan().SequenceEqual(before).ShouldBeFalse();
        Heap(copy).AsSpan().SequenceEqual(before).ShouldBeTrue();
        writer.Kill();
        writer.WaitForExit();
    }

    [Fact]
    public void Addresses_where_nothing_is_cannot_be_read()
    {
        using var process = TargetProcess.Open(_child.Id);
        using var copy = TargetCopy.TryMake(process, Bound, CancellationToken.None).ShouldNotBeNull();
        var end = copy.ReadRegions()[0].Start;

        copy.Memory.TryRead(new Address(0x10), new byte[8]).ShouldBeFalse();
        copy.Memory.TryRead(end + -4, new byte[8]).ShouldBeFalse();
        copy.Memory.TryRead(new Address(ulong.MaxValue - 3), new byte[8]).ShouldBeFalse();
    }

    [Fact]
    public void A_cancelled_copy_leaves_the_process_running()
    {
        using var process = TargetProcess.Open(_child.Id);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => TargetCopy.TryMake(process, Bound, cancelled.Token));

        process.EnsureRunning();
        process.ReadStatus().TracerPid.ShouldBe(0);
    }

    private static byte[] Heap(ITarget target)
    {
        var region = target.ReadRegions().First(region => region.Path == "[heap]");
        var bytes = new byte[region.Length];
        target.Memory.TryRead(region.Start, bytes).ShouldBeTrue();
        return bytes;
    }

    private static void Say(Process process, string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        process.StandardOutput.ReadLine().ShouldBe("done");
    }
}
