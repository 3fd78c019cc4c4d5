using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Testing.Recording;

public sealed class RecordingFileTests
{
    [Fact]
    public void What_was_read_of_a_process_can_be_read_again_without_it()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);
        var recording = new RecordingTarget(process);
        recording.TryFindSymbol("environ", out var environ, out _).ShouldBeTrue();
        var library = recording.ReadRegions().First(region => region.Path.EndsWith("/libcoreclr.so", StringComparison.Ordinal));
        var seen = new byte[10_000];
        recording.TryRead(library.Start + 5, seen).ShouldBeTrue();

        using var file = new MemoryStream();
        RecordingFile.Save(recording.ToRecorded(), file);
        file.Position = 0;
        var replayed = RecordingFile.Load(file);

        var again = new byte[seen.Length];
        replayed.Memory.TryRead(library.Start + 5, again).ShouldBeTrue();
        again.ShouldBe(seen);
        replayed.Memory.TryRead(library.Start + 20_000, again).ShouldBeFalse();
        replayed.ReadRegions().ShouldBe(recording.ToRecorded().ReadRegions());
        replayed.TryFindSymbol("environ", out var address, out var image).ShouldBeTrue();
        (address, image.Contains("libc", StringComparison.Ordinal)).ShouldBe((environ, true));
        replayed.TryFindSymbol("absent", out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_recording_that_is_cut_short_or_none_at_all_is_refused()
    {
        var target = new RecordedTarget().AddSymbol("a", new Address(1), "b");
        target.Bytes.Add(new Address(0x1000), [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 4))]);
        using var file = new MemoryStream();
        RecordingFile.Save(target, file);
        var bytes = file.ToArray();

        for (var length = 0; length < bytes.Length - 4; length += 97)
            Should.Throw<InvalidDataException>(() => RecordingFile.Load(new MemoryStream(bytes, 0, length)));
        bytes[7]++;
        Should.Throw<InvalidDataException>(() => RecordingFile.Load(new MemoryStream(bytes)));
    }
}
