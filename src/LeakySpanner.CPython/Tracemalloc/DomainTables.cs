using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>All tables of traces: that of Python's own allocators, and those of the domains of extensions.</summary>
internal static class DomainTables
{
    /// <summary>A table of a few domains has 16 buckets.</summary>
    private const ulong MostBuckets = 4096;

    public static ImmutableArray<HashTable> Read(
        PythonProcess python, TableRules rules, TracemallocLimits limits, in HashTable traces, HashTable? domains)
    {
        var found = ImmutableArray.CreateBuilder<HashTable>();
        found.Add(traces);
        if (domains is not { Entries: > 0 } table || table.BucketCount > MostBuckets)
            return found.ToImmutable();

        var layout = python.Layout.Tracemalloc;
        var buckets = new ulong[table.BucketCount];
        Span<byte> entry = stackalloc byte[64];
        entry = entry[..layout.EntrySize];
        var left = limits.Domains;
        if (!python.Memory.TryRead(table.Buckets, MemoryMarshal.AsBytes(buckets.AsSpan())))
            buckets = [];
        foreach (var head in buckets)
        {
            for (var next = head; next != 0 && left > 0; left--)
            {
                if (!python.Memory.TryRead(new Address(next), entry))
                    break;
                next = BinaryPrimitives.ReadUInt64LittleEndian(entry[layout.EntryNext..]);
                var value = new Address(BinaryPrimitives.ReadUInt64LittleEndian(entry[layout.EntryValue..]));
                if (HashTable.TryRead(python.Memory, layout, value, out var domain) && rules.IsTraces(domain) && !found.Contains(domain))
                    found.Add(domain);
            }
        }

        return found.ToImmutable();
    }
}
