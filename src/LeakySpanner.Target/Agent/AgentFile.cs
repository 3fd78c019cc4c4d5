using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Agent;

/// <summary>
/// Follows one process's samples, also after its death, as long as this is open. The contents are believed only where they make sense;
/// whatever stands in them, this neither throws nor loops nor grows beyond the tables' sizes. Not for several threads at once.
/// </summary>
public sealed class AgentFile : IDisposable
{
    /// <summary>Events read at once: 56 KiB.</summary>
    private const int Run = 1024;

    private readonly SharedFile _file;
    private readonly long[] _tables = new long[6];
    private readonly byte[] _run = new byte[Run * AgentLayout.EventSize];
    private readonly List<AgentCode> _codes = [];

    /// <summary>Every text is read once, so together they are no larger than their table, unless the table lies.</summary>
    private long _textLeft = 2L * AgentLayout.Text;
    private readonly List<AgentTrace?> _stacks = [];

    private AgentFile(string path, SharedFile file, ReadOnlySpan<byte> header)
    {
        Path = path;
        _file = file;
        Pid = BinaryPrimitives.ReadInt32LittleEndian(header[AgentLayout.Header.Pid..]);
        Started = TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt64LittleEndian(header[AgentLayout.Header.StartedNanoseconds..]) / 1000.0);
        MeanBytes = BinaryPrimitives.ReadInt64LittleEndian(header[AgentLayout.Header.MeanBytes..]);
        PythonHex = BinaryPrimitives.ReadUInt32LittleEndian(header[AgentLayout.Header.Python..]);
        for (var i = 0; i < _tables.Length; i++)
            _tables[i] = BinaryPrimitives.ReadInt64LittleEndian(header[(AgentLayout.Header.Tables + (i * sizeof(ulong)))..]);
    }

    public string Path { get; }

    /// <summary>As the process knows itself, which in a container is not how we know it.</summary>
    public int Pid { get; }

    /// <summary>CLOCK_MONOTONIC.</summary>
    public TimeSpan Started { get; }

    /// <summary>Mean distance of two samples.</summary>
    public long MeanBytes { get; }

    /// <summary>PY_VERSION_HEX.</summary>
    public uint PythonHex { get; }

    /// <summary>As of now.</summary>
    public AgentState State
    {
        get
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            return _file.TryRead(AgentLayout.Header.State, bytes) ? (AgentState)BinaryPrimitives.ReadInt32LittleEndian(bytes) : AgentState.Ended;
        }
    }

    /// <summary>Number of the next event to be read.</summary>
    public long NextEvent { get; private set; }

    /// <param name="path">A file of our own user, that nobody else may touch.</param>
    /// <exception cref="AgentFileException">It is none, or not of this version.</exception>
    public static AgentFile Open(string path) => Open(path, FileOwner.Ours);

    /// <param name="path">The file.</param>
    /// <param name="owner">The uid that it must belong to, and that alone may touch it.</param>
    /// <exception cref="AgentFileException">It is none, or not of this version.</exception>
    public static AgentFile Open(string path, uint owner)
    {
        var file = SharedFile.Open(path, owner, isWritten: true, out var trouble) ?? throw new AgentFileException($"{path} {trouble}");
        Span<byte> header = stackalloc byte[AgentLayout.Header.End];
        if (file.TryRead(0, header) && IsOurs(header))
            return new AgentFile(path, file, header);
        file.Dispose();
        throw new AgentFileException($"{path} is no file of the agent's version {AgentLayout.Version}");
    }

    public AgentCounts ReadCounts() => new(
        Number(AgentLayout.Header.Samples), Number(AgentLayout.Header.SlotsFull), Number(AgentLayout.Header.StacksFull),
        Number(AgentLayout.Header.NoPython), Number(AgentLayout.Header.EventsLost), Number(AgentLayout.Header.LiveBlocks));

    /// <summary>The next events, in order; makes room for as many new ones.</summary>
    /// <param name="events">Filled from its start.</param>
    /// <returns>How many; 0 where there are no more now.</returns>
    public int ReadEvents(Span<AllocationEvent> events)
    {
        var count = 0;
        var end = Number(AgentLayout.Header.EventNext);
        if (end - NextEvent > AgentLayout.Events)
            NextEvent = end - AgentLayout.Events;
        while (NextEvent < end && count < events.Length)
        {
            var slot = (int)(NextEvent % AgentLayout.Events);
            var run = (int)Math.Min(Math.Min(end - NextEvent, events.Length - count), Math.Min(Run, AgentLayout.Events - slot));
            var bytes = _run.AsSpan(0, run * AgentLayout.EventSize);
            if (!_file.TryRead(_tables[1] + ((long)slot * AgentLayout.EventSize), bytes))
                break;
            for (var at = 0; at < bytes.Length; at += AgentLayout.EventSize)
            {
                if (TryParse(bytes[at..], NextEvent, out events[count]))
                    count++;
                NextEvent++;
            }
        }

        Span<byte> read = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(read, NextEvent);
        _file.Write(AgentLayout.Header.EventRead, read);
        return count;
    }

    /// <summary>All sampled blocks that are alive, as far as they can be read while they change.</summary>
    public List<AllocationEvent> ReadLive()
    {
        var found = new List<AllocationEvent>();
        var bytes = new byte[1024 * AgentLayout.SlotSize];
        for (var slot = 0; slot < AgentLayout.Slots; slot += 1024)
        {
            if (!_file.TryRead(_tables[0] + ((long)slot * AgentLayout.SlotSize), bytes))
                break;
            for (var at = 0; at < bytes.Length; at += AgentLayout.SlotSize)
            {
                var entry = bytes.AsSpan(at, AgentLayout.SlotSize);
                var address = BinaryPrimitives.ReadUInt64LittleEndian(entry);
                var size = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
                if (address != 0 && size >= 0)
                    found.Add(new AllocationEvent(false, Time(entry[16..]), address, size, BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]),
                        StackOf(entry[32..]), BinaryPrimitives.ReadInt32LittleEndian(entry[36..])));
            }
        }

        return found;
    }

    /// <summary>Null where there is no such stack.</summary>
    public AgentTrace? StackAt(int index)
    {
        if (index >= _stacks.Count)
            ReadStacks();
        return index >= 0 && index < _stacks.Count ? _stacks[index] : null;
    }

    /// <summary>Null where there is no such code.</summary>
    public AgentCode? CodeAt(int index)
    {
        if (index >= _codes.Count)
            ReadCodes();
        return index >= 0 && index < _codes.Count ? _codes[index] : null;
    }

    public void Dispose() => _file.Dispose();

    private void ReadStacks()
    {
        var end = Math.Min(Number(AgentLayout.Header.StacksUsed), AgentLayout.Stacks);
        Span<byte> entry = stackalloc byte[AgentLayout.StackSize];
        Span<byte> frames = stackalloc byte[AgentLayout.DeepestStack * AgentLayout.FrameSize];
        for (var i = _stacks.Count; i < end; i++)
        {
            _stacks.Add(null);
            if (!_file.TryRead(_tables[2] + ((long)i * AgentLayout.StackSize), entry))
                continue;
            var first = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var depth = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
            if (depth > AgentLayout.DeepestStack || first + depth > AgentLayout.Frames
                || !_file.TryRead(_tables[3] + (first * AgentLayout.FrameSize), frames[..(depth * AgentLayout.FrameSize)]))
                continue;
            var read = new AgentFrame[depth];
            for (var k = 0; k < depth; k++)
            {
                var at = frames[(k * AgentLayout.FrameSize)..];
                read[k] = new AgentFrame(BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[4..]));
            }

            _stacks[i] = new AgentTrace(read, BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) != 0);
        }
    }

    private void ReadCodes()
    {
        var end = Math.Min(Number(AgentLayout.Header.CodesUsed), AgentLayout.Codes);
        Span<byte> entry = stackalloc byte[AgentLayout.CodeSize];
        for (var i = _codes.Count; i < end && _file.TryRead(_tables[4] + ((long)i * AgentLayout.CodeSize), entry); i++)
        {
            _codes.Add(new AgentCode(
                BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]) != 0,
                Encoding.UTF8.GetString(ReadText(entry[8..])), Encoding.UTF8.GetString(ReadText(entry[12..])), ReadText(entry[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(entry[20..])));
        }
    }

    private byte[] ReadText(ReadOnlySpan<byte> reference)
    {
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(reference);
        Span<byte> prefix = stackalloc byte[sizeof(uint)];
        if (offset > AgentLayout.Text - sizeof(uint) || !_file.TryRead(_tables[5] + offset, prefix))
            return [];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length > AgentLayout.Text - sizeof(uint) - offset || length > _textLeft)
            return [];
        _textLeft -= length;
        var bytes = new byte[length];
        return _file.TryRead(_tables[5] + offset + sizeof(uint), bytes) ? bytes : [];
    }

    private static bool TryParse(ReadOnlySpan<byte> entry, long number, out AllocationEvent parsed)
    {
        var size = BinaryPrimitives.ReadInt64LittleEndian(entry[24..]);
        var kind = BinaryPrimitives.ReadUInt16LittleEndian(entry[44..]);
        parsed = new AllocationEvent(
            kind == 2, Time(entry[8..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]), size, BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]),
            StackOf(entry[40..]), BinaryPrimitives.ReadInt32LittleEndian(entry[48..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[52..]) == 1);
        return BinaryPrimitives.ReadInt64LittleEndian(entry) == number + 1 && kind is 1 or 2 && size >= 0;
    }

    private static TimeSpan Time(ReadOnlySpan<byte> bytes) => TimeSpan.FromTicks((long)(BinaryPrimitives.ReadUInt64LittleEndian(bytes) / 100));

    private static int StackOf(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) is < AgentLayout.Stacks and var stack ? (int)stack : 0;

    private long Number(int offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return _file.TryRead(offset, bytes) ? Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(bytes)) : 0;
    }

    private static bool IsOurs(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith(AgentLayout.Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[AgentLayout.Header.Version..]) != AgentLayout.Version
            || BinaryPrimitives.ReadInt32LittleEndian(header[AgentLayout.Header.Pid..]) <= 0
            || BinaryPrimitives.ReadInt64LittleEndian(header[AgentLayout.Header.MeanBytes..]) is <= 0 or > 1L << 40)
            return false;
        ReadOnlySpan<int> sizes = [AgentLayout.Slots, AgentLayout.Events, AgentLayout.Stacks, AgentLayout.Frames, AgentLayout.Codes, AgentLayout.Text];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[(AgentLayout.Header.Counts + (i * sizeof(uint)))..]) != sizes[i]
                || BinaryPrimitives.ReadUInt64LittleEndian(header[(AgentLayout.Header.Tables + (i * sizeof(ulong)))..]) > 1 << 26)
                return false;
        }

        return true;
    }
}
