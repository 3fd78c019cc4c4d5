using System.Runtime.InteropServices;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Memory;

/// <summary>
/// What a process could have changed, copied while it stood still; the rest (code, constants, files) is read from it later. Pages of
/// anonymous memory that were never touched are zeroes, and cost nothing here.
/// </summary>
public sealed unsafe class CopiedMemory : ITargetMemory, IDisposable
{
    /// <summary>Larger pieces only wait longer for a cancellation.</summary>
    private const int PieceBytes = 1 << 20;

    /// <summary>The size of a large page: with those the copy has a five hundredth of the page faults.</summary>
    private const nuint Alignment = 2 << 20;

    private const int AdviseLargePages = 14;

    private readonly ITargetMemory _live;
    private readonly LiveMemory[] _readers;
    private readonly List<Block> _blocks = [];

    /// <summary>Pages that could not be read: unmapped meanwhile, or not readable at all.</summary>
    private readonly HashSet<ulong> _unread = [];
    private Run[] _runs = [];
    private AddressRange[] _zeroed = [];
    private int _lastRun;

    /// <param name="live">Read for what is not copied.</param>
    /// <param name="pid">Of the process.</param>
    /// <param name="threads">That copy at the same time.</param>
    public CopiedMemory(ITargetMemory live, int pid, int threads)
    {
        _live = live;
        _readers = [.. Enumerable.Range(0, Math.Max(1, threads)).Select(_ => new LiveMemory(pid))];
    }

    /// <summary>Bytes copied.</summary>
    public long Length { get; private set; }

    /// <summary>Makes room ahead, so that nothing but copying is done while the process stands still.</summary>
    public void Reserve(long bytes)
    {
        if (bytes <= 0)
            return;
        var block = new Block((byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment), bytes);
        _blocks.Add(block);
        _ = LibC.MAdvise((nint)block.Start, (nuint)bytes, AdviseLargePages);
        var pages = bytes / Residency.PageBytes;
        Parallel.For(0, _readers.Length, part =>
        {
            for (var page = pages * part / _readers.Length; page < pages * (part + 1) / _readers.Length; page++)
                block.Start[page * Residency.PageBytes] = 0;
        });
    }

    /// <summary>Copies ranges of whole pages, in order of their addresses.</summary>
    /// <param name="ranges">What holds something.</param>
    /// <param name="zeroed">Where what is not copied is zeroes.</param>
    /// <param name="cancellation">Looked at every megabyte.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Copy(IReadOnlyList<AddressRange> ranges, IReadOnlyList<AddressRange> zeroed, CancellationToken cancellation)
    {
        _zeroed = [.. zeroed];
        _runs = Place(ranges);
        var pieces = new List<(int Run, long Offset, int Length)>();
        for (var run = 0; run < _runs.Length; run++)
        {
            for (var offset = 0L; offset < _runs[run].Length; offset += PieceBytes)
                pieces.Add((run, offset, (int)Math.Min(PieceBytes, _runs[run].Length - offset)));
        }

        var next = -1;
        Parallel.For(0, _readers.Length, new ParallelOptions { MaxDegreeOfParallelism = _readers.Length, CancellationToken = cancellation }, reader =>
        {
            for (var at = Interlocked.Increment(ref next); at < pieces.Count && !cancellation.IsCancellationRequested; at = Interlocked.Increment(ref next))
            {
                var (run, offset, length) = pieces[at];
                Fill(_readers[reader], _runs[run], offset, length);
            }
        });
        cancellation.ThrowIfCancellationRequested();
        Length = _runs.Sum(run => run.Length);
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var at = RunAt(address);
            int length;
            if (at < _runs.Length && _runs[at].Start <= address)
            {
                var run = _runs[at];
                var offset = address - run.Start;
                length = (int)Math.Min(buffer.Length, run.Length - offset);
                if (_unread.Count > 0 && IsUnread(address, length))
                    return false;
                new ReadOnlySpan<byte>(run.Bytes + offset, length).CopyTo(buffer);
            }
            else
            {
                // Up to the next run.
                length = at < _runs.Length ? (int)Math.Min(buffer.Length, _runs[at].Start - address) : buffer.Length;
                if (!TryReadBetween(address, buffer[..length], out var done))
                    return false;
                length = done;
            }

            address += length;
            buffer = buffer[length..];
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            NativeMemory.AlignedFree(block.Start);
        _blocks.Clear();
        _runs = [];
    }

    private bool TryReadBetween(Address address, Span<byte> buffer, out int done)
    {
        done = buffer.Length;
        foreach (var range in _zeroed)
        {
            if (range.Start <= address && address < range.End)
            {
                done = (int)Math.Min(buffer.Length, range.End - address);
                buffer[..done].Clear();
                return true;
            }

            if (range.Start > address && range.Start - address < done)
                done = (int)(range.Start - address);
        }

        return _live.TryRead(address, buffer[..done]);
    }

    /// <summary>The first run that ends past the address.</summary>
    private int RunAt(Address address)
    {
        var hint = Volatile.Read(ref _lastRun);
        if (hint < _runs.Length && _runs[hint].Start <= address && address < _runs[hint].End)
            return hint;
        int low = 0, high = _runs.Length;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_runs[middle].End > address)
                high = middle;
            else
                low = middle + 1;
        }

        Volatile.Write(ref _lastRun, low);
        return low;
    }

    /// <summary>Gives every range its place; what exceeds what was reserved gets more.</summary>
    private Run[] Place(IReadOnlyList<AddressRange> ranges)
    {
        var runs = new Run[ranges.Count];
        var (block, used) = (0, 0L);
        for (var i = 0; i < runs.Length; i++)
        {
            while (block < _blocks.Count && _blocks[block].Length - used < ranges[i].Length)
                (block, used) = (block + 1, 0);
            if (block == _blocks.Count)
                Reserve(Math.Max(ranges[i].Length, 16 << 20));
            runs[i] = new Run(ranges[i].Start, ranges[i].End, _blocks[block].Start + used);
            used += ranges[i].Length;
        }

        return runs;
    }

    /// <summary>Page by page where a piece cannot be read as a whole; pages that cannot be read at all are remembered, and never zeroes.</summary>
    private void Fill(LiveMemory reader, Run run, long offset, int length)
    {
        if (reader.TryRead(run.Start + offset, new Span<byte>(run.Bytes + offset, length)))
            return;
        for (var at = 0; at < length; at += Residency.PageBytes)
        {
            if (reader.TryRead(run.Start + offset + at, new Span<byte>(run.Bytes + offset + at, Math.Min(Residency.PageBytes, length - at))))
                continue;
            lock (_unread)
                _unread.Add((run.Start + offset + at).Value / Residency.PageBytes);
        }
    }

    private bool IsUnread(Address address, int length)
    {
        var last = (address + (length - 1)).Value / Residency.PageBytes;
        for (var page = address.Value / Residency.PageBytes; page <= last; page++)
        {
            if (_unread.Contains(page))
                return true;
        }

        return false;
    }

    private readonly record struct Block(nint Address, long Length)
    {
        public Block(byte* start, long length)
            : this((nint)start, length)
        {
        }

        public byte* Start => (byte*)Address;
    }

    private sealed class Run(Address start, Address end, byte* bytes)
    {
        public Address Start { get; } = start;

        public Address End { get; } = end;

        public byte* Bytes { get; } = bytes;

        public long Length => End - Start;
    }
}
