using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.CPython.Census;

/// <summary>
/// Estimates objects outside arenas that no list leads to (long str and bytes, code). Every reference in arenas and in the
/// tables of dictionaries, lists and sets is looked at, and one referent in <see cref="Rate"/> is followed, chosen by a hash of
/// its address: so each object has the same chance however often it is referred to, the same ones are followed in every census,
/// and n objects give a relative standard error of sqrt(Rate / n). Objects that only a deque, a long tuple or native memory refers to are missed.
/// </summary>
internal sealed class LargeSample(PythonProcess python)
{
    /// <summary>One referent in so many is followed, at a read of 40 bytes each.</summary>
    public const int Rate = 64;

    /// <summary>Referents followed per census; what is beyond is counted as a fault.</summary>
    private const int MostReads = 100_000;

    /// <summary>Tables looked through per census, and their bytes together: some 100 ms at worst.</summary>
    private const int MostTables = 20_000;
    private const long MostTableBytes = 512L << 20;

    private const int PieceSize = 64 << 10;
    private const ulong EndOfUserSpace = 1UL << 47;
    private const ulong LargestReferenceCount = 1UL << 32;

    private readonly Dictionary<PythonType, (long Count, long Bytes)> _sums = [];
    private readonly HashSet<ulong> _seen = [];
    private readonly List<(ulong Start, long Length)> _tables = [];
    private readonly byte[] _bytes = new byte[40];
    private readonly ulong[] _piece = new ulong[PieceSize / sizeof(ulong)];
    private (ulong Start, ulong End)[] _native = [];
    private ArenaMap _arenas = new([]);
    private ulong _runStart;
    private ulong _runLength;
    private int _tablesSeen;
    private long _tableBytes;
    private long _passedOver;

    public void Start(IReadOnlyList<MappedRegion> regions, ArenaMap arenas)
    {
        _sums.Clear();
        _seen.Clear();
        _tables.Clear();
        _tablesSeen = 0;
        _tableBytes = 0;
        _passedOver = 0;
        _runLength = 0;
        _arenas = arenas;
        _native = [.. regions
            .Where(region => region.IsReadable && region.IsWritable && region.IsPrivate && (region.IsAnonymous || region.Path == "[heap]"))
            .Select(region => (region.Start.Value, region.End.Value))
            .Order()];
    }

    /// <summary>Looks at words that may be references. Costs about a nanosecond each.</summary>
    public void AddReferences(ReadOnlySpan<ulong> words)
    {
        foreach (var word in words)
        {
            // Zero, the commonest word, is not to be among the chosen.
            if ((word ^ 0x5555) * 0x9E3779B97F4A7C15UL >> 58 == 0)
                Consider(word);
        }
    }

    /// <summary>Notes a container's table to be looked through. One within arenas is seen there.</summary>
    /// <param name="type">Of the container.</param>
    /// <param name="instance">Its words, from its reference count on.</param>
    /// <param name="length">Entries.</param>
    public void AddTable(PythonType type, ReadOnlySpan<ulong> instance, long length)
    {
        var layout = python.Layout;
        var table = type.Kind switch
        {
            ObjectKind.Sequence => instance[layout.List.Items / sizeof(ulong)],
            ObjectKind.Set => instance[layout.Set.Table / sizeof(ulong)],
            ObjectKind.Mapping => instance[layout.Dict.Keys / sizeof(ulong)],
            _ => 0UL,
        };
        if (table - 4096 >= EndOfUserSpace || _arenas.Contains(new Address(table)))
            return;
        if (++_tablesSeen > MostTables)
            _passedOver++;
        else if (type.Kind == ObjectKind.Mapping)
            AddEntries(new Address(table));
        else
            AddTable(table, type.Kind == ObjectKind.Sequence ? length * sizeof(ulong) : ((long)Math.Min(instance[layout.Set.Mask / sizeof(ulong)], int.MaxValue) + 1) * layout.Set.EntrySize);
    }

    /// <summary>Looks through the tables that were noted.</summary>
    public void ReadTables(CancellationToken cancellation)
    {
        foreach (var (start, length) in _tables)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var done = 0L; done < length; done += PieceSize)
            {
                var words = _piece.AsSpan(0, (int)Math.Min(PieceSize, length - done) / sizeof(ulong));
                if (!python.Memory.TryRead(new Address(start) + done, MemoryMarshal.AsBytes(words)))
                    break;
                AddReferences(words);
            }
        }
    }

    public ImmutableArray<TypeCount> ToArray(FaultTally faults)
    {
        faults.Add("large objects not all sampled", _passedOver);
        return
        [
            .. _sums.GroupBy(sum => sum.Key.Name, sum => sum.Value, StringComparer.Ordinal)
                .Select(sums => new TypeCount(sums.Key, sums.Sum(sum => sum.Count) * Rate, sums.Sum(sum => sum.Bytes) * Rate))
                .OrderByDescending(count => count.Bytes).ThenBy(count => count.Name, StringComparer.Ordinal),
        ];
    }

    private void AddEntries(Address keys)
    {
        var layout = python.Layout.Dict;
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..layout.KeysIndices];
        if (python.Memory.TryRead(keys, bytes) && KeysHeader.TryParse(layout, bytes, out var header))
            AddTable((keys + header.EntriesOffset).Value, header.EntryCount * header.EntrySize);
    }

    private void AddTable(ulong start, long length)
    {
        if (length < 0 || length > MostTableBytes - _tableBytes)
        {
            _passedOver++;
            return;
        }
        _tableBytes += length;
        _tables.Add((start, length));
    }

    private void Consider(ulong word)
    {
        if ((word & 15) != 0 || word - 0x10000 >= EndOfUserSpace || word - _runStart < _runLength)
            return;
        var run = _arenas.RunOf(new Address(word));
        if (run >= 0)
        {
            var range = _arenas.Run(run);
            (_runStart, _runLength) = (range.Start.Value, (ulong)range.Length);
            return;
        }
        if (!IsNative(word) || _seen.Contains(word))
            return;
        if (_seen.Count >= MostReads)
        {
            _passedOver++;
            return;
        }
        _seen.Add(word);
        Follow(new Address(word));
    }

    private void Follow(Address address)
    {
        // Collected objects are counted exactly elsewhere.
        if (!python.Memory.TryRead(address, _bytes)
            || python.Layout.ReferenceCount.Of(BinaryPrimitives.ReadUInt64LittleEndian(_bytes)) - 1 >= LargestReferenceCount
            || python.Types.Find(new Address(BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(TypeRegistry.TypeOffset)))) is not { HasCollectorHeader: false } type)
            return;
        var size = SizeOf(type);
        if (size <= python.Layout.Pool.LargestBlock)
            return;
        var (count, bytes) = _sums.GetValueOrDefault(type);
        _sums[type] = (count + 1, bytes + size);
    }

    private long SizeOf(PythonType type)
    {
        var items = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(16));
        if (type.Kind != ObjectKind.Text)
            return ObjectSizes.Of(type, type.Kind == ObjectKind.Number && type.ItemSize != 0 ? python.Layout.Objects.Number.DigitCount(items) : items);
        var layout = python.Layout.Text;
        var state = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(layout.State));
        var kind = (int)(state >> layout.KindShift) & 7;
        var ascii = (state >> layout.AsciiShift & 1) != 0;
        return items is < 0 or > 1L << 40 ? 0 : (ascii ? layout.AsciiSize : layout.CompactSize) + ((items + 1) * kind);
    }

    private bool IsNative(ulong word)
    {
        var (low, high) = (0, _native.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_native[middle].End <= word)
                low = middle + 1;
            else
                high = middle;
        }
        return low < _native.Length && _native[low].Start <= word;
    }
}
