using System.Runtime.InteropServices;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Memory;

/// <summary>Reads of our own process, which every kernel permits.</summary>
public sealed class LiveMemoryTests : IDisposable
{
    private readonly byte[] bytes = new byte[300_000];
    private readonly GCHandle pinned;
    private readonly LiveMemory memory = new(Environment.ProcessId);

    public LiveMemoryTests()
    {
        Random.Shared.NextBytes(bytes);
        pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
    }

    private Address Start => new((ulong)pinned.AddrOfPinnedObject());

    public void Dispose() => pinned.Free();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LiveMemory.PieceBytes)]
    [InlineData(LiveMemory.PieceBytes + 1)]
    [InlineData(300_000)]
    public void A_read_of_any_length_is_exact(int length)
    {
        var buffer = new byte[length];

        memory.TryRead(Start, buffer).ShouldBeTrue();

        buffer.ShouldBe(bytes[..length]);
    }

    [Fact]
    public void Unmapped_memory_is_a_failed_read()
    {
        memory.TryRead(new Address(8), new byte[8]).ShouldBeFalse();
        memory.TryRead(new Address(ulong.MaxValue - 3), new byte[8]).ShouldBeFalse();
        memory.IsGone.ShouldBeFalse();
    }

    [Fact]
    public void A_batch_tells_which_of_its_places_were_read()
    {
        var addresses = Enumerable.Range(0, 3000).Select(i => i % 100 == 7 ? new Address(16) : Start + (i * 8)).ToArray();
        var buffer = new byte[addresses.Length * 8];
        var read = new bool[addresses.Length];

        memory.ReadMany(addresses, 8, buffer, read).ShouldBe(2970);

        for (var i = 0; i < addresses.Length; i++)
        {
            read[i].ShouldBe(i % 100 != 7);
            if (read[i])
                buffer.AsSpan(i * 8, 8).SequenceEqual(bytes.AsSpan(i * 8, 8)).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_process_that_does_not_exist_is_gone()
    {
        var nobody = new LiveMemory(int.MaxValue);

        nobody.TryRead(Start, new byte[8]).ShouldBeFalse();

        nobody.IsGone.ShouldBeTrue();
    }
}
