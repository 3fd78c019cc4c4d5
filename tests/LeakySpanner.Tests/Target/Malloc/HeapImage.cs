using System.Buffers.Binary;
using LeakySpanner.Model;
using LeakySpanner.Testing.Recording;

namespace LeakySpanner.Tests.Target.Malloc;

/// <summary>Writes glibc's chunk headers as malloc would leave them.</summary>
internal sealed class HeapImage(ulong start, int length)
{
    public byte[] Bytes { get; } = new byte[length];

    public ulong Start => start;

    public ulong End => start + (ulong)length;

    public RecordedMemory Memory => new RecordedMemory().Add(new Address(start), Bytes);

    /// <summary>Chunks from an offset on, then one free chunk up to the end: the top.</summary>
    public HeapImage Chunks(int offset, params (int Bytes, bool InUse)[] chunks) => Chunks(offset, Bytes.Length, chunks);

    public HeapImage Chunks(int offset, int end, params (int Bytes, bool InUse)[] chunks)
    {
        var previousInUse = true;
        foreach (var (bytes, inUse) in chunks)
        {
            Header(offset, (ulong)bytes, previousInUse);
            offset += bytes;
            previousInUse = inUse;
        }

        if (offset < end)
            Header(offset, (ulong)(end - offset), previousInUse);
        return this;
    }

    public HeapImage Header(int offset, ulong bytes, bool previousInUse) => Word(offset + 8, bytes | (previousInUse ? 1ul : 0));

    /// <summary>A chunk of its own mapping.</summary>
    public HeapImage Mapped(int offset, int bytes) => Word(offset + 8, (ulong)bytes | 2);

    /// <summary>heap_info.</summary>
    public HeapImage Info(int offset, ulong arena, ulong previous, ulong size, ulong writable) =>
        Word(offset, arena).Word(offset + 8, previous).Word(offset + 16, size).Word(offset + 24, writable);

    public HeapImage Word(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(offset), value);
        return this;
    }
}
