using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>
/// Goes through a table of traces bucket by bucket. Buckets follow the addresses of blocks, so that what was allocated
/// together is met together, and a window of a few megabytes serves most reads. An entry is believed if its hash is that of its key
/// and belongs to the bucket that led to it, which memory that was freed or reused meanwhile does not fulfil.
/// </summary>
/// <param name="window">What is read stays there for a while.</param>
/// <param name="layout">Where what stands.</param>
/// <param name="limits">Bounds on what the process says.</param>
/// <param name="sites">Gets every trace.</param>
/// <param name="share">The part of the buckets to be read, by a hash of where they stand; 1 for all.</param>
internal sealed class TraceScan(PageWindow window, TracemallocLayout layout, TracemallocLimits limits, SiteTally sites, double share)
{
    /// <summary>
    /// Buckets read at once: 2 MB, which is all of the table of a usual service. A table that is enlarged afterwards takes only the
    /// lists behind its first entries away, not the buckets.
    /// </summary>
    private const int PieceBuckets = 256 * 1024;

    /// <summary>Buckets that are read or left out together: 8 KB of the address space of blocks.</summary>
    private const int RunBuckets = 512;

    /// <summary>How often a bucket is looked up anew.</summary>
    private const int Attempts = 3;

    /// <summary>Entries that a small table may gain while it is read.</summary>
    private const int SpareEntries = 8192;

    private const ulong LargestBlock = 1UL << 47;

    /// <summary>Blocks above this, which are few, are looked at twice.</summary>
    private const ulong LeastDoubtful = 512;

    private readonly List<(ulong Entry, ulong Trace)> _chain = [];
    private readonly HashSet<ulong> _entries = [];
    private readonly ulong _threshold = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);

    /// <summary>Entries believed so far, whatever became of their traces.</summary>
    public long Entries { get; private set; }

    /// <summary>Set once a table had other buckets than when it was found: then those that were read mean nothing any more.</summary>
    public bool HasMoved { get; private set; }

    public void Read(in HashTable table, CancellationToken stop)
    {
        var most = Math.Min(Entries + (long)table.Entries + ((long)table.Entries / 2), 2 * limits.Traces) + SpareEntries;
        var buckets = new ulong[(int)Math.Min(PieceBuckets, table.BucketCount)];
        for (var first = 0UL; first < table.BucketCount; first += PieceBuckets)
        {
            var piece = buckets.AsSpan(0, (int)Math.Min(PieceBuckets, table.BucketCount - first));
            if (!window.TryRead(table.Buckets.Value + (first * sizeof(ulong)), MemoryMarshal.AsBytes(piece)))
                HasMoved = true;
            for (var run = 0; run < piece.Length; run += RunBuckets)
            {
                stop.ThrowIfCancellationRequested();
                if (Mix(first + (ulong)run) > _threshold)
                    continue;
                for (var i = run; i < Math.Min(run + RunBuckets, piece.Length) && !HasMoved; i++)
                {
                    if (piece[i] != 0)
                        AddBucket(table, first + (ulong)i, piece[i]);
                }
            }

            if (HasMoved || Entries > most)
                return;
        }
    }

    /// <summary>A list that breaks off has lost an entry since its bucket was read; it is looked up anew.</summary>
    private void AddBucket(in HashTable table, ulong bucket, ulong first)
    {
        for (var attempt = 0; !TryFollow(table, bucket, first); attempt++)
        {
            HasMoved |= !table.IsWhereItWas(window.Memory, layout);
            if (HasMoved)
                return;
            if (attempt == Attempts || !window.Memory.TryReadUInt64(table.Buckets + (long)(bucket * sizeof(ulong)), out first))
            {
                sites.Faults.Add("bucket that breaks off");
                break;
            }
        }

        // What stands before the break is sound.
        Entries += _chain.Count;
        foreach (var (entry, trace) in _chain)
            Add(table, bucket, entry, trace);
    }

    private bool TryFollow(in HashTable table, ulong bucket, ulong entry)
    {
        _chain.Clear();
        _entries.Clear();
        while (entry != 0)
        {
            if (_chain.Count >= limits.EntriesPerBucket || !_entries.Add(entry) || !TryEntry(table, bucket, entry, out var next, out var value))
                return false;
            _chain.Add((entry, value));
            entry = next;
        }

        return true;
    }

    /// <summary>What the window holds may be older than what led here; then the entry is read again.</summary>
    private bool TryEntry(in HashTable table, ulong bucket, ulong entry, out ulong next, out ulong value)
    {
        (next, value) = (0, 0);
        for (var again = false; ; again = true)
        {
            if (window.TryView(entry, layout.SizeOfEntry(table.KeySize), out var bytes))
            {
                var hash = Word(bytes, layout.EntryHash);
                if (hash == HashOfKey(table, bytes) && (hash & (table.BucketCount - 1)) == bucket)
                {
                    next = Word(bytes, layout.EntryNext);
                    value = ValueOf(table, entry, bytes);
                    return true;
                }
            }

            if (again)
                return false;
            Forget(entry, layout.SizeOfEntry(table.KeySize));
        }
    }

    /// <summary>To 3.8 a key may have a domain behind the address.</summary>
    private ulong HashOfKey(in HashTable table, ReadOnlySpan<byte> entry)
    {
        var domain = table.KeySize > sizeof(ulong) ? BinaryPrimitives.ReadUInt32LittleEndian(entry[(layout.EntryKey + sizeof(ulong))..]) : 0;
        return HashTable.HashOf(Word(entry, layout.EntryKey)) ^ domain;
    }

    private ulong ValueOf(in HashTable table, ulong entry, ReadOnlySpan<byte> bytes) =>
        layout.Inline is null ? Word(bytes, layout.EntryValue) : entry + (ulong)layout.EntryKey + table.KeySize;

    private void Add(in HashTable table, ulong bucket, ulong entry, ulong trace)
    {
        for (var again = false; ; again = true)
        {
            if (window.TryView(trace, layout.TraceSize, out var bytes))
            {
                var (size, traceback) = (Word(bytes, layout.TraceBytes), Word(bytes, layout.TraceTraceback));
                if (size < LargestBlock && (size <= LeastDoubtful || IsLive(table, bucket, entry, trace, size, traceback)) && sites.TryAdd(traceback, (long)size))
                    return;
            }

            if (again)
            {
                sites.Faults.Add("trace freed meanwhile");
                return;
            }

            Forget(trace, layout.TraceSize);
        }
    }

    /// <summary>
    /// A trace that was just freed keeps its traceback where malloc puts it into a fast bin, and has a link in the place of its size:
    /// more than a thousand, often hundreds of millions. So a large block is believed if the trace says the same when it is read now, and
    /// the bucket leads to it after that.
    /// </summary>
    private bool IsLive(in HashTable table, ulong bucket, ulong entry, ulong trace, ulong size, ulong traceback)
    {
        Span<byte> bytes = stackalloc byte[64];
        var memory = window.Memory;
        if (!memory.TryRead(new Address(trace), bytes[..layout.TraceSize])
            || Word(bytes, layout.TraceBytes) != size || Word(bytes, layout.TraceTraceback) != traceback
            || !memory.TryReadUInt64(table.Buckets + (long)(bucket * sizeof(ulong)), out var next))
            return false;
        for (var left = limits.EntriesPerBucket; next != 0 && left > 0; left--)
        {
            if (!memory.TryRead(new Address(next), bytes[..layout.SizeOfEntry(table.KeySize)]))
                break;
            if (next == entry)
                return ValueOf(table, entry, bytes) == trace;
            next = Word(bytes, layout.EntryNext);
        }

        HasMoved |= !table.IsWhereItWas(memory, layout);
        return false;
    }

    private void Forget(ulong address, int length)
    {
        window.Forget(address);
        window.Forget(address + (ulong)length - 1);
    }

    /// <summary>splitmix64's last step: which runs are read has nothing to do with how pools and arenas are aligned.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9UL;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebUL;
        return value ^ (value >> 31);
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
