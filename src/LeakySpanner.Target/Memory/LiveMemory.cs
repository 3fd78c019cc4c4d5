using System.Runtime.InteropServices;
using LeakySpanner.Model;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Memory;

/// <summary>
/// Memory of a running process over process_vm_readv(2), which neither stops nor wakes it. Reads go in pieces of at most
/// 64 KiB: such a piece stays in our cache, which more than doubles the rate of pieces of a megabyte.
/// </summary>
public sealed class LiveMemory(int pid) : ITargetMemory
{
    public const int PieceBytes = 64 * 1024;

    /// <summary>The kernel takes at most UIO_MAXIOV ranges at a call.</summary>
    public const int MaxRangesPerCall = 1024;

    private const int NoSuchProcess = 3;

    /// <summary>Set once the kernel has said that the process is no more; reads fail from then on.</summary>
    public bool IsGone { get; private set; }

    public unsafe bool TryRead(Address address, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var length = Math.Min(buffer.Length, PieceBytes);
            fixed (byte* local = buffer)
            {
                var into = new IoVector((nuint)local, (nuint)length);
                var from = new IoVector((nuint)address.Value, (nuint)length);
                if (Read(&into, 1, &from, 1) != length)
                    return false;
            }

            address += length;
            buffer = buffer[length..];
        }

        return true;
    }

    /// <summary>
    /// Reads pieces of equal size from many places with one system call per <see cref="MaxRangesPerCall"/>; a place that
    /// cannot be read costs one call more.
    /// </summary>
    /// <param name="buffer">As long as all pieces together, in the order of the addresses.</param>
    /// <param name="read">Tells per address whether its piece was filled.</param>
    /// <returns>How many were.</returns>
    public unsafe int ReadMany(ReadOnlySpan<Address> addresses, int size, Span<byte> buffer, Span<bool> read)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfLessThan(read.Length, addresses.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, checked(addresses.Length * size));

        var total = 0;
        var ranges = stackalloc IoVector[Math.Min(addresses.Length, MaxRangesPerCall)];
        fixed (byte* local = buffer)
        {
            for (var next = 0; next < addresses.Length;)
            {
                var count = Math.Min(addresses.Length - next, MaxRangesPerCall);
                for (var i = 0; i < count; i++)
                    ranges[i] = new IoVector((nuint)addresses[next + i].Value, (nuint)size);
                var into = new IoVector((nuint)(local + ((long)next * size)), (nuint)count * (nuint)size);

                // The kernel stops at the first range that it cannot read, possibly inside it.
                var whole = (int)(Math.Max(Read(&into, 1, ranges, (nuint)count), 0) / size);
                read.Slice(next, whole).Fill(true);
                total += whole;
                next += whole;
                if (whole < count)
                    read[next++] = false;
            }
        }

        return total;
    }

    private unsafe nint Read(IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount)
    {
        var done = LibC.ProcessVmReadV(pid, local, localCount, remote, remoteCount, 0);
        if (done < 0 && Marshal.GetLastPInvokeError() == NoSuchProcess)
            IsGone = true;
        return done;
    }
}
