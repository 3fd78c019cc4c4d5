using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>The head of a _Py_hashtable_t (Python/hashtable.c) as it was read at one moment.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Entries">Entries in all.</param>
/// <param name="BucketCount">A power of two.</param>
/// <param name="Buckets">The array of lists.</param>
/// <param name="Find">get_entry_func.</param>
/// <param name="Hash">hash_func.</param>
/// <param name="Compare">compare_func.</param>
/// <param name="KeyDestroy">key_destroy_func, null where keys own nothing.</param>
/// <param name="ValueDestroy">value_destroy_func.</param>
/// <param name="KeySize">Bytes of a key in an entry, to 3.8; 0 where entries hold two pointers.</param>
/// <param name="DataSize">Bytes of a value behind the key.</param>
internal readonly record struct HashTable(
    Address At, ulong Entries, ulong BucketCount, Address Buckets, Address Find, Address Hash, Address Compare, Address KeyDestroy, Address ValueDestroy,
    ulong KeySize, ulong DataSize)
{
    private const int LargestHead = 256;

    public static bool TryRead(ITargetMemory memory, TracemallocLayout layout, Address at, out HashTable table)
    {
        table = default;
        Span<byte> head = stackalloc byte[LargestHead];
        head = head[..layout.TableSize];
        if (!memory.TryRead(at, head))
            return false;
        table = new HashTable(
            at, Word(head, layout.TableEntries), Word(head, layout.TableBucketCount), new Address(Word(head, layout.TableBuckets)),
            new Address(Word(head, layout.TableFind)), new Address(Word(head, layout.TableHash)), new Address(Word(head, layout.TableCompare)),
            new Address(Word(head, layout.TableKeyDestroy)), new Address(Word(head, layout.TableValueDestroy)),
            layout.Inline is { } sizes ? Word(head, sizes.KeySize) : 0, layout.Inline is { } inline ? Word(head, inline.DataSize) : 0);
        return true;
    }

    /// <summary>False once the buckets were replaced, as they are when the table is enlarged or made smaller.</summary>
    public bool IsWhereItWas(ITargetMemory memory, TracemallocLayout layout) =>
        TryRead(memory, layout, At, out var now) && now.Buckets == Buckets && now.BucketCount == BucketCount;

    /// <summary>_Py_hashtable_hash_ptr: an address, its alignment rotated away.</summary>
    public static ulong HashOf(ulong key) => ulong.RotateRight(key, 4);

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
