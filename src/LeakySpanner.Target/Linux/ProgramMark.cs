using System.Buffers.Binary;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Tells one program of a process from the next: execve(2) keeps the pid, its start time and its pidfd, and may even run the same file
/// again. But the kernel lays out the new program's auxiliary vector anew and gives it sixteen fresh random bytes (AT_RANDOM, getauxval(3)).
/// Only a hash of them is kept, because programs make secrets of those bytes.
/// </summary>
internal readonly record struct ProgramMark(ulong Hash)
{
    private const ulong RandomBytes = 25;
    private const int RandomLength = 16;
    private const ulong FnvBasis = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Null where the process has no program any more, or it may not be known.</summary>
    /// <param name="folder">"/proc/PID".</param>
    public static ProgramMark? Read(string folder, ITargetMemory memory)
    {
        if (ProcFile.TryReadBytes(folder + "/auxv", out var vector) != ProcOutcome.Read || vector.Length < 16)
            return null;
        Span<byte> random = stackalloc byte[RandomLength];
        var hash = Add(FnvBasis, vector);
        for (var at = 0; at + 16 <= vector.Length; at += 16)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(vector.AsSpan(at)) != RandomBytes)
                continue;
            if (!memory.TryRead(new Address(BinaryPrimitives.ReadUInt64LittleEndian(vector.AsSpan(at + 8))), random))
                return null;
            hash = Add(hash, random);
        }

        return new ProgramMark(hash);
    }

    /// <summary>FNV-1a.</summary>
    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var each in bytes)
            hash = (hash ^ each) * FnvPrime;
        return hash;
    }
}
