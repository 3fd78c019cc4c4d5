using System.Numerics;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>
/// Tells tracemalloc's tables from everything else. Their functions give them away: traces are hashed by
/// _Py_hashtable_hash_ptr, compared by _Py_hashtable_compare_direct, and only their values are freed; the table of domains
/// frees its values, which are tables, with _Py_hashtable_destroy. All three are exported by every build. To 3.8 the sizes of what they hold do.
/// </summary>
internal sealed class TableRules
{
    /// <summary>malloc's chunk for an entry of 32 bytes, and for a trace of 16.</summary>
    private const ulong LeastBytesPerTrace = 48 + 32;

    /// <summary>Tables are enlarged at a load of a half and made smaller at a tenth; below 16 buckets never.</summary>
    private const ulong MostBucketsPerEntry = 64;
    private const ulong FewestBuckets = 16;

    /// <summary>To 3.8, an address and a domain.</summary>
    private const ulong LargestKey = 16;

    private readonly TracemallocLayout _layout;
    private readonly MappedRanges _ranges;
    private readonly Address _hash;
    private readonly Address _compare;
    private readonly Address _destroy;

    private TableRules(TracemallocLayout layout, MappedRanges ranges, Address hash, Address compare, Address destroy)
    {
        _layout = layout;
        _ranges = ranges;
        _hash = hash;
        _compare = compare;
        _destroy = destroy;
    }

    public MappedRanges Ranges => _ranges;

    /// <summary>Null where the build does not name the functions.</summary>
    public static TableRules? Of(PythonProcess python, TableFunctions? functions) =>
        functions is { } known
            ? new TableRules(python.Layout.Tracemalloc, new MappedRanges(python.Target.ReadRegions()), known.Hash, known.Compare, known.Destroy)
            : null;

    /// <summary>A table of traces, sound as far as its head tells.</summary>
    public bool IsTraces(in HashTable table) => _layout.Inline is null ? IsTracesByFunctions(table) : IsTracesBySizes(table);

    /// <summary>To 3.8 only traces have values of that size; what hashes and compares depends on whether there are domains.</summary>
    private bool IsTracesBySizes(in HashTable table) =>
        table.KeySize is >= sizeof(ulong) and <= LargestKey && table.DataSize == (ulong)_layout.TraceSize && IsCode(table.Hash) && IsCode(table.Compare) && IsSound(table);

    private bool IsTracesByFunctions(in HashTable table) =>
        table.Hash == _hash && table.Compare == _compare && table.KeyDestroy.IsNull && table.ValueDestroy != _destroy && IsCode(table.ValueDestroy) && IsSound(table);

    /// <summary>The table of domains. Since 3.14 a function of tracemalloc's own destroys its values; there its place is known.</summary>
    public bool IsDomains(in HashTable table) =>
        _layout.Inline is null
        && table.Hash != _hash && IsCode(table.Hash) && table.Compare == _compare && table.KeyDestroy.IsNull
        && (table.ValueDestroy == _destroy || (_layout.State is not null && IsCode(table.ValueDestroy)))
        && IsSound(table);

    /// <summary>Whether so much may stand there, the kernel's map being the judge.</summary>
    public bool IsMapped(Address start, ulong length)
    {
        var region = _ranges.Find(start.Value);
        return region >= 0 && _ranges[region].IsWritable && length <= _ranges[region].End.Value - start.Value;
    }

    /// <summary>Writable memory that is no image's data: where malloc puts a table.</summary>
    public bool IsHeap(Address address)
    {
        var region = _ranges.Find(address.Value);
        return region >= 0 && _ranges[region].IsWritable && _ranges.ImageOf(region).Length == 0;
    }

    private bool IsSound(in HashTable table) =>
        BitOperations.IsPow2(table.BucketCount)
        && table.BucketCount >= FewestBuckets
        && table.Entries <= (ulong)_ranges.WritableBytes / LeastBytesPerTrace
        && table.BucketCount <= Math.Max(table.Entries, FewestBuckets) * MostBucketsPerEntry
        && IsCode(table.Find)
        && table.At.Value % sizeof(ulong) == 0
        && IsMapped(table.At, (ulong)_layout.TableSize)
        && IsMapped(table.Buckets, table.BucketCount * sizeof(ulong));

    private bool IsCode(Address address)
    {
        var region = _ranges.Find(address.Value);
        return region >= 0 && _ranges[region].Permissions[2] == 'x';
    }
}

/// <summary>_Py_hashtable_hash_ptr, _Py_hashtable_compare_direct, _Py_hashtable_destroy.</summary>
internal readonly record struct TableFunctions(Address Hash, Address Compare, Address Destroy);
