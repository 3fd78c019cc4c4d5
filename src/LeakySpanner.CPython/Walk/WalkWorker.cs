using System.Runtime.CompilerServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Objects;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// One thread's share of a walk: turns the references of one object after the other into edges, and keeps what they said
/// besides. Not for use by several threads; what several need is in <see cref="WalkState"/>.
/// </summary>
internal sealed class WalkWorker
{
    private const int RefusedSlots = 1 << 12;
    private const int PieceBytes = 64 * 1024;

    /// <summary>Edges of a run of objects that are read together; a megabyte of arena has 130 000 words.</summary>
    private const int LargestSegment = 1 << 29;

    private readonly WalkState _state;
    private readonly PoolIndex _pools;
    private readonly OutsideObjects _outside;
    private readonly ulong[] _refused = new ulong[RefusedSlots];
    private readonly byte[] _piece = new byte[PieceBytes];
    private int[] _edges = new int[1 << 16];
    private int _count;
    private int _node;
    private long _size;
    private long _bufferBytes;
    private int _secondLooks;

    public WalkWorker(WalkState state)
    {
        _state = state;
        _pools = state.Pools;
        _outside = state.Outside;
        Window = new PageWindow(state.Memory);
        Discovery = new PageWindow(state.Memory);
    }

    /// <summary>For the bytes of the object that is read and of its buffers.</summary>
    public PageWindow Window { get; }

    /// <summary>For looks elsewhere while bytes of <see cref="Window"/> are in use.</summary>
    public PageWindow Discovery { get; }

    public PlanTable Plans => _state.Plans;

    public ReferenceCountLayout ReferenceCount => _state.Layout.ReferenceCount;

    public FaultTally Faults { get; } = new();

    public List<(int Node, string Text)> Names { get; } = [];

    public List<(int Node, long Bound)> Bounds { get; } = [];

    public List<(int Node, long Size)> LargeSizes { get; } = [];

    /// <summary>Buffers outside arenas: memory whose words are explained.</summary>
    public List<AddressRange> Buffers { get; } = [];

    public long ObjectsSeen { get; set; }

    /// <summary>While objects are read that were read before: their buffers were noted then.</summary>
    public bool IsRepeating { get; set; }

    public long Reads => Window.Reads + Discovery.Reads;

    public int EdgeCount => _count;

    public ReadOnlySpan<int> Edges => _edges.AsSpan(0, _count);

    public void ForgetEdges() => _count = 0;

    public void Begin(int node, long size)
    {
        _node = node;
        _size = size;
    }

    /// <summary>The size of the object since <see cref="Begin"/>, as the column stores it.</summary>
    public uint End()
    {
        if (_size < uint.MaxValue)
            return (uint)Math.Max(_size, 0);
        LargeSizes.Add((_node, _size));
        return uint.MaxValue;
    }

    public void Fault(string fault) => Faults.Add(fault);

    public void AddSize(long bytes) => _size += bytes;

    public void KeepName(string text)
    {
        if (Names.Count < _state.Limits.Names)
            Names.Add((_node, text));
        else
            Fault(Walk.Faults.TooManyNames);
    }

    public void SetBound(long largestLength) => Bounds.Add((_node, largestLength));

    public void SetBoundOf(ulong target, long largestLength)
    {
        if (target != 0 && Resolve(target, isScanned: false) is >= 0 and var node)
            Bounds.Add((node, largestLength));
    }

    /// <summary>
    /// Claims a buffer for the object. False where it cannot be one, or where more buffers were claimed than memory can
    /// hold, so that a loop of hostile sizes ends.
    /// </summary>
    public bool Own(ulong address, long bytes)
    {
        if (!Explain(address, bytes))
            return false;
        _size += bytes;
        return true;
    }

    /// <summary>Claims memory for the object as <see cref="Own"/> does, without counting it to the object's size.</summary>
    public bool Explain(ulong address, long bytes)
    {
        if (address == 0 || bytes < 0 || bytes > 1L << 47)
        {
            Fault(Walk.Faults.BufferInconsistent);
            return false;
        }

        _bufferBytes += bytes;
        if (_bufferBytes > _state.BufferBudget)
        {
            Fault(Walk.Faults.BufferBudget);
            return false;
        }

        if (!_pools.TryClaim(address) && !IsRepeating)
            Buffers.Add(new AddressRange(new Address(address), new Address(address + (ulong)bytes)));
        return true;
    }

    /// <summary>A reference that the object certainly has, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddReference(ulong target) => Push(target == 0 ? -1 : Resolve(target, isScanned: false));

    public void AddNothing() => Push(-1);

    /// <summary>A word that may be a reference: it counts if a verified object starts there.</summary>
    public void AddScanned(ulong word)
    {
        if (word != 0 && Resolve(word, isScanned: true) is >= 0 and var node)
            Push(node);
    }

    /// <summary>The same, keeping the place of one that is none.</summary>
    public void AddScannedField(ulong word) => Push(word == 0 ? -1 : Resolve(word, isScanned: true));

    /// <summary>References that are part of the object, read on where the copy ends.</summary>
    public void AddReferences(in ObjectView view, int offset, long count)
    {
        var at = 0L;
        for (; at < count && view.Has(offset + (int)(at * sizeof(ulong)), sizeof(ulong)); at++)
            AddReference(view.Word(offset + (int)(at * sizeof(ulong))));
        if (at >= count)
            return;
        var start = view.Address + (ulong)(offset + (at * sizeof(ulong)));

        // Items in an arena end with their block, so only what lies outside is read on.
        if (!_pools.TryFindPool(view.Address, out _) && Claim((count - at) * sizeof(ulong)))
            AddReferences(start, count - at);
        else
            Fault(Walk.Faults.ObjectCutOff);
    }

    public void AddReferences(ulong address, long count)
    {
        var pieces = Pieces(address, count, sizeof(ulong));
        while (pieces.MoveNext())
        {
            for (var at = 0; at < pieces.Current.Length; at += sizeof(ulong))
                AddReference(BitConverter.ToUInt64(pieces.Current[at..]));
        }
    }

    public void AddScannedRange(in ObjectView view, int offset, long bytes)
    {
        var at = (offset + sizeof(ulong) - 1) & -sizeof(ulong);
        var end = offset + bytes;
        for (; at + sizeof(ulong) <= end && view.Has(at, sizeof(ulong)); at += sizeof(ulong))
            AddScanned(view.Word(at));
        if (at + sizeof(ulong) <= end && !_pools.TryFindPool(view.Address, out _) && Claim(end - at))
            AddScannedRange(view.Address + (ulong)at, end - at);
    }

    public void AddScannedRange(ulong address, long bytes)
    {
        var pieces = Pieces(address, bytes / sizeof(ulong), sizeof(ulong));
        while (pieces.MoveNext())
        {
            for (var at = 0; at < pieces.Current.Length; at += sizeof(ulong))
                AddScanned(BitConverter.ToUInt64(pieces.Current[at..]));
        }
    }

    /// <summary>A buffer's entries, some thousand at a time. Ends early, with a fault, where it cannot be read.</summary>
    public PieceSequence Pieces(ulong address, long entries, int entrySize) => new(this, address, entries, entrySize);

    private bool Claim(long bytes)
    {
        _bufferBytes += bytes;
        if (_bufferBytes <= _state.BufferBudget)
            return true;
        Fault(Walk.Faults.BufferBudget);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(int node)
    {
        if (_count == _edges.Length && !Grow())
            return;
        _edges[_count++] = node;
    }

    private bool Grow()
    {
        if (_edges.Length >= LargestSegment)
        {
            Fault(Walk.Faults.TooManyEdges);
            return false;
        }

        Array.Resize(ref _edges, _edges.Length * 2);
        return true;
    }

    /// <summary>The node of the object at an address, or -1.</summary>
    public int Resolve(ulong target, bool isScanned)
    {
        var place = _pools.Find(target, out var node);
        if (place == Place.Object)
            return node;

        // A certain reference into a pool, to where no object was at the first look: one that was made since. Without it, what
        // it holds would seem to be held by nothing (the new head of a linked list and all the links behind it).
        if (place == Place.Outside || (place == Place.Pool && !isScanned))
        {
            if (_outside.TryFind(target, out node) || Discover(target, isScanned, out node))
                return node;
            if (!isScanned && _secondLooks++ < _state.Limits.SecondLooks)
            {
                // What the window holds may be older than the object.
                Discovery.Forget(target);
                RefusedSlot(target) = 0;
                if (Discover(target, isScanned, out node))
                    return node;
            }
        }

        if (!isScanned)
            Fault(Walk.Faults.EdgeToNothing);
        return -1;
    }

    private ref ulong RefusedSlot(ulong target) => ref _refused[(target >> 3) * 0x9E3779B97F4A7C15UL >> 52];

    /// <summary>Believes an object outside arenas by its reference count and its type, which must be verified.</summary>
    private bool Discover(ulong target, bool isScanned, out int node)
    {
        const ulong LargestCount = 1UL << 40;
        const ulong LargestScannedCount = 1UL << 31;
        node = -1;
        if (target % sizeof(ulong) != 0 || target < 4096)
            return false;
        ref var refused = ref RefusedSlot(target);
        if (refused == target)
            return false;
        if (_state.Ranges.Find(target) >= 0 && Discovery.TryView(target, 2 * sizeof(ulong), out var bytes))
        {
            var count = ReferenceCount.Of(BitConverter.ToUInt64(bytes));
            var type = BitConverter.ToUInt64(bytes[sizeof(ulong)..]);
            if (count - 1 < (isScanned ? LargestScannedCount : LargestCount) && _pools.Find(type, out _) == Place.Outside && Plans.Find(type) is { } plan)
            {
                node = _outside.Add(target, plan.Row);
                if (node >= 0)
                    return true;
                Fault(Walk.Faults.TooManyObjects);
            }
        }

        refused = target;
        return false;
    }

    internal ref struct PieceSequence(WalkWorker worker, ulong address, long entries, int entrySize)
    {
        private readonly int _perPiece = PieceBytes / entrySize;
        private ulong _next = address;
        private long _left = entries;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_left <= 0)
                return false;
            var bytes = (int)Math.Min(_left, _perPiece) * entrySize;
            var read = bytes <= PieceBytes / 8 ? worker.Window.TryView(_next, bytes, out var view) : worker.Window.TryRead(_next, worker._piece.AsSpan(0, bytes)) & (view = worker._piece.AsSpan(0, bytes)).Length == bytes;
            if (!read)
            {
                worker.Fault(Walk.Faults.BufferUnreadable);
                _left = 0;
                return false;
            }

            Current = view;
            _left -= bytes / entrySize;
            _next += (ulong)bytes;
            return true;
        }
    }
}
