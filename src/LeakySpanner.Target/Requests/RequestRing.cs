using System.Buffers.Binary;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Requests;

/// <summary>
/// Follows the records of one worker (docs/sidecar.md, "The ring"), also after the worker's death, as long as this is open. The
/// contents are believed only where they make sense; whatever stands in them, this neither throws nor loops nor grows.
/// Not for several threads at once.
/// </summary>
public sealed class RequestRing : IDisposable
{
    public const string Unmatched = "(unmatched)";
    public const string Other = "(other)";

    /// <summary>Records read at once: 16 KiB.</summary>
    private const int Run = 256;

    /// <summary>
    /// A number that was taken and not written down although so many later ones were is given up. A thread that waits for the
    /// interpreter's lock with a number in its hand is far less behind.
    /// </summary>
    private const int Patience = 1024;

    /// <summary>Further ahead is no overwritten record but nonsense.</summary>
    private const long LongestLeap = 1L << 40;

    /// <summary>No worker writes so many in its life; arithmetic on numbers below it cannot overflow.</summary>
    private const long MostRecords = 1L << 60;

    /// <summary>Runs and gaps in one call, so that a writer that races us cannot keep us.</summary>
    private const int MostRounds = 256;

    private readonly SharedFile _file;
    private readonly RingNames _names;
    private readonly byte[] _run = new byte[Run * RequestRingLayout.RecordSize];
    private long _next = 1;

    private RequestRing(string path, SharedFile file, int pid)
    {
        Path = path;
        Pid = pid;
        _file = file;
        _names = new RingNames(file);
        _names.Refresh();
    }

    public string Path { get; }

    /// <summary>As the worker knows itself, which in a container is not how we know it.</summary>
    public int Pid { get; }

    /// <summary>Records read.</summary>
    public long Seen { get; private set; }

    /// <summary>Records that were overwritten before they were read, or never written.</summary>
    public long Lost { get; private set; }

    /// <summary>Records that made no sense.</summary>
    public long Unbelievable { get; private set; }

    /// <summary>By index, as far as they are known; 0 and 1 are always <see cref="Unmatched"/> and <see cref="Other"/>.</summary>
    public IReadOnlyList<string> Names => _names.All;

    /// <summary>Requests that the worker is working on; 0 where that makes no sense.</summary>
    public long InProgress
    {
        get
        {
            Span<byte> bytes = stackalloc byte[8];
            return _file.TryRead(RequestRingLayout.Header.InProgress, bytes)
                && BinaryPrimitives.ReadInt64LittleEndian(bytes) is >= 0 and <= int.MaxValue and var count
                ? count
                : 0;
        }
    }

    /// <summary>A ring of our own user.</summary>
    /// <exception cref="RequestRingException">Not a ring that may be followed.</exception>
    public static RequestRing Open(string path) => Open(path, FileOwner.Ours);

    /// <param name="path">The file.</param>
    /// <param name="owner">The uid that it must belong to, and that alone may touch it.</param>
    /// <exception cref="RequestRingException">Not a ring that may be followed.</exception>
    public static RequestRing Open(string path, uint owner)
    {
        var file = SharedFile.Open(path, owner, isWritten: false, out var trouble) ?? throw new RequestRingException($"{path} {trouble}");
        Span<byte> header = stackalloc byte[64];
        if (file.Size == RequestRingLayout.FileSize && file.TryRead(0, header) && IsOurs(header))
            return new RequestRing(path, file, (int)BinaryPrimitives.ReadUInt32LittleEndian(header[RequestRingLayout.Header.Pid..]));
        file.Dispose();
        throw new RequestRingException(file.Size != RequestRingLayout.FileSize
            ? $"{path} has {file.Size} bytes instead of {RequestRingLayout.FileSize}"
            : $"{path} is no ring of version {RequestRingLayout.Version}");
    }

    /// <summary>From here on only records written later are read; those before are neither seen nor lost.</summary>
    public void SkipToNewest()
    {
        var newest = _next - 1;
        for (var slot = 0; slot < RequestRingLayout.Records; slot += Run)
        {
            if (!_file.TryRead(Offset(slot), _run))
                return;
            for (var i = 0; i < Run; i++)
            {
                var sequence = RingRecord.Last(Record(i));
                if (IsIn(sequence, slot + i) && sequence > newest && sequence <= LongestLeap)
                    newest = sequence;
            }
        }

        _next = newest + 1;
    }

    /// <summary>The next records, in order of their numbers. Costs one read of 64 bytes where there is none.</summary>
    /// <param name="records">Filled from its start.</param>
    /// <param name="writerEnded">True once nobody writes any more: then a number that was never written down is not waited for.</param>
    /// <returns>How many; fewer than there is room for where there are no more now.</returns>
    public int Read(Span<RequestRecord> records, bool writerEnded = false)
    {
        var count = 0;
        for (var round = 0; round < MostRounds && count < records.Length; round++)
        {
            if (ReadRun(records[count..], out var found))
                count += found;
            else if (!TryPassGap(writerEnded))
                break;
        }

        return count;
    }

    /// <summary>The name of a record's endpoint, <see cref="Other"/> where it has none.</summary>
    public string NameOf(int endpoint)
    {
        if (endpoint is 0 or 1)
            return endpoint == 0 ? Unmatched : Other;
        if (endpoint >= _names.All.Count)
            _names.Refresh();
        return endpoint >= 0 && endpoint < _names.All.Count ? _names.All[endpoint] : Other;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Records that stand one after the other. Each of the three readings follows the one before in time: last numbers, bodies,
    /// first numbers. A body between a last number and a first number that both are its own was whole when it was copied.
    /// </summary>
    private bool ReadRun(Span<RequestRecord> records, out int found)
    {
        found = 0;
        var slot = SlotOf(_next);
        if (!_file.TryRead(Offset(slot), Slots(1)) || RingRecord.Last(Record(0)) != _next)
            return false;

        var count = Math.Min(Run, Math.Min(records.Length, RequestRingLayout.Records - slot));
        if (!_file.TryRead(Offset(slot), Slots(count)))
            return false;
        count = Leading(count, RingRecord.Last);
        if (count == 0 || !_file.TryRead(Offset(slot), Slots(count)))
            return false;
        Span<RequestRecord> bodies = stackalloc RequestRecord[count];
        Span<bool> believed = stackalloc bool[count];
        for (var i = 0; i < count; i++)
            believed[i] = RingRecord.TryParse(Record(i), out bodies[i]);
        if (!_file.TryRead(Offset(slot), Slots(count)))
            return false;
        count = Leading(count, RingRecord.First);
        for (var i = 0; i < count; i++)
        {
            if (believed[i])
                records[found++] = bodies[i] with { Sequence = _next + i };
        }

        _next += count;
        Seen += found;
        Unbelievable += count - found;
        return count > 0;
    }

    /// <summary>How many from the first on carry the number that they should.</summary>
    private int Leading(int count, Func<ReadOnlySpan<byte>, long> number)
    {
        for (var i = 0; i < count; i++)
        {
            if (number(Record(i)) != _next + i)
                return i;
        }

        return count;
    }

    /// <summary>Goes on behind records that were overwritten or are never going to be written; false where the next one is just not there yet.</summary>
    private bool TryPassGap(bool writerEnded)
    {
        var slot = SlotOf(_next);
        if (!_file.TryRead(Offset(slot), Slots(1)))
            return false;
        var newest = Math.Max(Plausible(RingRecord.First(Record(0)), slot), Plausible(RingRecord.Last(Record(0)), slot));
        if (newest > _next)
            return LoseUntil(newest - RequestRingLayout.Records + 1);
        if (writerEnded)
            return LoseUntil(OldestAfter(_next));
        var later = _next + Patience;
        return _file.TryRead(Offset(SlotOf(later)), Slots(1)) && Plausible(RingRecord.Last(Record(0)), SlotOf(later)) >= later && LoseUntil(_next + 1);
    }

    private bool LoseUntil(long next)
    {
        if (next <= _next)
            return false;
        Lost += next - _next;
        _next = next;
        return true;
    }

    /// <summary>The smallest number above one that is written down, or 0.</summary>
    private long OldestAfter(long number)
    {
        var oldest = 0L;
        for (var slot = 0; slot < RequestRingLayout.Records; slot += Run)
        {
            if (!_file.TryRead(Offset(slot), _run))
                break;
            for (var i = 0; i < Run; i++)
            {
                var sequence = Plausible(RingRecord.Last(Record(i)), slot + i);
                if (sequence == RingRecord.First(Record(i)) && sequence > number && (oldest == 0 || sequence < oldest))
                    oldest = sequence;
            }
        }

        return oldest;
    }

    /// <summary>A number that may stand in a slot, or 0.</summary>
    private long Plausible(long sequence, int slot) => IsIn(sequence, slot) && sequence - _next <= LongestLeap ? sequence : 0;

    private static bool IsIn(long sequence, int slot) => sequence is > 0 and <= MostRecords && SlotOf(sequence) == slot;

    private static int SlotOf(long sequence) => (int)((sequence - 1) % RequestRingLayout.Records);

    private static int Offset(int slot) => RequestRingLayout.HeaderSize + (slot * RequestRingLayout.RecordSize);

    private Span<byte> Slots(int count) => _run.AsSpan(0, count * RequestRingLayout.RecordSize);

    private ReadOnlySpan<byte> Record(int index) => _run.AsSpan(index * RequestRingLayout.RecordSize, RequestRingLayout.RecordSize);

    private static bool IsOurs(ReadOnlySpan<byte> header) =>
        header.StartsWith(RequestRingLayout.Magic)
        && Number(header, RequestRingLayout.Header.Version) == RequestRingLayout.Version
        && Number(header, RequestRingLayout.Header.HeaderSize) == RequestRingLayout.HeaderSize
        && Number(header, RequestRingLayout.Header.RecordSize) == RequestRingLayout.RecordSize
        && Number(header, RequestRingLayout.Header.RecordCount) == RequestRingLayout.Records
        && Number(header, RequestRingLayout.Header.NamesOffset) == RequestRingLayout.NamesOffset
        && Number(header, RequestRingLayout.Header.NamesSize) == RequestRingLayout.NamesSize
        && Number(header, RequestRingLayout.Header.Pid) is > 0 and <= int.MaxValue;

    private static uint Number(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);
}
