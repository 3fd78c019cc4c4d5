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
/// Estimates objects outside arenas that no list leads to (long str and bytes, code) from references to them. One in
/// <see cref="Rate"/> pools and pieces of large tables is looked through, chosen by a hash of its address, so that the same
/// ones are looked through in every census. Each reference found there stands for Rate / reference count objects, which is unbiased
/// as long as all references stand in arenas or in tables of dictionaries, lists and sets; references from elsewhere (long
/// tuples, deques, native memory) make it too low. n references found give a standard error of about 1 / sqrt(n).
/// </summary>
internal sealed class LargeSample(PythonProcess python)
{
    /// <summary>One piece in so many is looked through: at 650 MB of arenas, 10 MB.</summary>
    public const int Rate = 64;

    /// <summary>Reads per census; what is beyond is counted as a fault.</summary>
    private const int MostReads = 100_000;

    private const int MostPieces = 4096;

    /// <summary>Pieces considered per census: tables of 64 GB.</summary>
    private const int MostSteps = 1 << 22;

    private const ulong EndOfUserSpace = 1UL << 47;

    /// <summary>Bytes of a piece, the size of a pool.</summary>
    private const ulong PieceSize = 1 << 14;

    /// <summary>Entries that a table is believed to have.</summary>
    private const ulong LargestTable = 1UL << 32;

    private const ulong LargestReferenceCount = 1UL << 32;

    private readonly Dictionary<PythonType, (double Count, double Bytes)> _sums = [];
    private readonly byte[] _bytes = new byte[40];
    private (ulong Start, ulong End)[] _native = [];
    private readonly List<(ulong Start, int Length)> _pieces = [];
    private readonly ulong[] _piece = new ulong[PieceSize / sizeof(ulong)];
    private int _reads;
    private int _steps;
    private long _passedOver;

    public void Start(IReadOnlyList<MappedRegion> regions)
    {
        _sums.Clear();
        _pieces.Clear();
        _reads = 0;
        _steps = 0;
        _passedOver = 0;
        _native = [.. regions
            .Where(region => region.IsReadable && region.IsWritable && region.IsPrivate && (region.IsAnonymous || region.Path == "[heap]"))
            .Select(region => (region.Start.Value, region.End.Value))
            .Order()];
    }

    /// <summary>Whether the piece of memory that an address lies in is looked through.</summary>
    public static bool Includes(Address address) => (address.Value / PieceSize) * 0x9E3779B97F4A7C15UL >> 58 == 0;

    /// <summary>Notes those pieces of a container's table that are to be looked through. A table within arenas is skipped: its pool is
    /// looked through, or not, as a whole.</summary>
    /// <param name="type">Of the container.</param>
    /// <param name="instance">Its words, from its reference count on.</param>
    /// <param name="length">Entries.</param>
    public void AddTable(PythonType type, ReadOnlySpan<ulong> instance, long length)
    {
        var layout = python.Layout;
        switch (type.Kind)
        {
            case ObjectKind.Sequence:
                AddPieces(instance[layout.List.Items / sizeof(ulong)], length * sizeof(ulong));
                break;
            case ObjectKind.Set:
                AddPieces(instance[layout.Set.Table / sizeof(ulong)], (long)Math.Min(instance[layout.Set.Mask / sizeof(ulong)], LargestTable) * layout.Set.EntrySize);
                break;
            case ObjectKind.Mapping:
                // At most eight index bytes per slot, and two slots per entry that is in use soon after growing.
                var keys = instance[layout.Dict.Keys / sizeof(ulong)];
                if (MayInclude(keys, length * 64))
                    AddKeys(new Address(keys));
                break;
        }
    }

    /// <summary>Looks through the pieces that were noted.</summary>
    public void ReadTables(ArenaMap arenas)
    {
        foreach (var (start, length) in _pieces)
        {
            var words = _piece.AsSpan(0, length / sizeof(ulong));
            if (!arenas.Contains(new Address(start)) && python.Memory.TryRead(new Address(start), MemoryMarshal.AsBytes(words)))
                AddReferences(words, arenas);
        }
    }

    public void AddReferences(ReadOnlySpan<ulong> words, ArenaMap arenas)
    {
        foreach (var word in words)
        {
            if ((word & 15) == 0 && word >= 0x10000 && IsNative(word) && !arenas.Contains(new Address(word)))
                Add(new Address(word));
        }
    }

    public ImmutableArray<TypeCount> ToArray(FaultTally faults)
    {
        faults.Add("large objects not all sampled", _passedOver);
        return
        [
            .. _sums.GroupBy(sum => sum.Key.Name, sum => sum.Value, StringComparer.Ordinal)
                .Select(sums => new TypeCount(sums.Key, (long)Math.Round(sums.Sum(sum => sum.Count)), (long)Math.Round(sums.Sum(sum => sum.Bytes))))
                .Where(count => count.Count > 0)
                .OrderByDescending(count => count.Bytes).ThenBy(count => count.Name, StringComparer.Ordinal),
        ];
    }

    private void AddKeys(Address keys)
    {
        var layout = python.Layout.Dict;
        Span<byte> header = stackalloc byte[64];
        if (!python.Memory.TryRead(keys, header))
            return;
        var log2Bytes = header[layout.KeysLog2IndexBytes];
        var entries = BinaryPrimitives.ReadInt64LittleEndian(header[layout.KeysEntries..]);
        if (log2Bytes > 40 || entries is < 0 or > (long)LargestTable)
            return;
        AddPieces((keys + (layout.KeysIndices + (1L << log2Bytes))).Value, entries * (header[layout.KeysKind] == 0 ? layout.GeneralEntrySize : layout.UnicodeEntrySize));
    }

    private static bool MayInclude(ulong start, long length)
    {
        // A long range includes a piece with near certainty.
        if (start >= EndOfUserSpace || length > (long)PieceSize * Rate)
            return start < EndOfUserSpace;
        for (var at = start; at < start + (ulong)length; at += PieceSize)
        {
            if (Includes(new Address(at)))
                return true;
        }
        return Includes(new Address(start + (ulong)length));
    }

    private void AddPieces(ulong start, long length)
    {
        if (start >= EndOfUserSpace)
            return;
        var end = start + (ulong)Math.Clamp(length, 0, (long)LargestTable * sizeof(ulong));
        for (var at = start; at < end;)
        {
            if (_pieces.Count >= MostPieces || ++_steps > MostSteps)
            {
                _passedOver++;
                return;
            }
            var next = Math.Min(end, (at | (PieceSize - 1)) + 1);
            if (Includes(new Address(at)))
                _pieces.Add((at, (int)(next - at) & ~7));
            at = next;
        }
    }

    private void Add(Address address)
    {
        if (_reads >= MostReads)
        {
            _passedOver++;
            return;
        }
        _reads++;
        if (!python.Memory.TryRead(address, _bytes))
            return;
        var references = BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        // Collected objects are counted exactly elsewhere.
        if (references - 1 >= LargestReferenceCount
            || python.Types.Find(new Address(BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(TypeRegistry.TypeOffset)))) is not { HasCollectorHeader: false } type)
            return;
        var size = SizeOf(type);
        if (size <= python.Layout.Pool.LargestBlock)
            return;
        var weight = (double)Rate / references;
        var (count, bytes) = _sums.GetValueOrDefault(type);
        _sums[type] = (count + weight, bytes + (weight * size));
    }

    private long SizeOf(PythonType type)
    {
        var items = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(16));
        if (type.Kind != ObjectKind.Text)
            return ObjectSizes.Of(type, items);
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
