using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Testing.Requests;

/// <summary>Writes a ring as the shim does, and damages it as nobody should. The file is gone when disposed.</summary>
public sealed class RingWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly List<string> _names = [];
    private int _namesUsed;

    /// <param name="path">Where, or null for a folder of its own.</param>
    /// <param name="pid">In the header.</param>
    public RingWriter(string? path = null, int pid = 4121)
    {
        Path = path ?? System.IO.Path.Combine(Directory.CreateTempSubdirectory("ring").FullName, $"worker-{pid}.ring");
        _file = new FileStream(Path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _file.SetLength(RequestRingLayout.FileSize);
        Put(RequestRingLayout.Header.Magic, RequestRingLayout.Magic);
        Put32(RequestRingLayout.Header.Version, RequestRingLayout.Version);
        Put32(RequestRingLayout.Header.HeaderSize, RequestRingLayout.HeaderSize);
        Put32(RequestRingLayout.Header.RecordSize, RequestRingLayout.RecordSize);
        Put32(RequestRingLayout.Header.RecordCount, RequestRingLayout.Records);
        Put32(RequestRingLayout.Header.NamesOffset, RequestRingLayout.NamesOffset);
        Put32(RequestRingLayout.Header.NamesSize, RequestRingLayout.NamesSize);
        Put32(RequestRingLayout.Header.Pid, (uint)pid);
        _ = Name(RequestRing.Unmatched);
        _ = Name(RequestRing.Other);
    }

    public string Path { get; }

    /// <summary>The number of the last record written in order.</summary>
    public long Written { get; private set; }

    /// <summary>The index of a name, appended where it is new; 1 where there is no more room.</summary>
    public int Name(string name)
    {
        var index = _names.IndexOf(name);
        if (index >= 0)
            return index;
        var bytes = Encoding.UTF8.GetBytes(name);
        if (_namesUsed + 2 + bytes.Length > RequestRingLayout.NamesSize)
            return 1;
        var entry = new byte[2 + bytes.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)bytes.Length);
        bytes.CopyTo(entry, 2);
        Put(RequestRingLayout.NamesOffset + _namesUsed, entry);
        _namesUsed += entry.Length;
        Put64(RequestRingLayout.Header.NamesUsed, _namesUsed);
        _names.Add(name);
        return _names.Count - 1;
    }

    public void SetInProgress(long requests) => Put64(RequestRingLayout.Header.InProgress, requests);

    /// <summary>The next record in order.</summary>
    public void Write(
        string endpoint = "GET /", int status = 200, double milliseconds = 1, long bytes = 0, long? delta = null, int overlapped = 0,
        RequestKind kind = RequestKind.Http, RequestTraits traits = RequestTraits.None, uint request = 0) =>
        Put(new RequestRecord(
            Written + 1, 1_000_000_000, (long)(milliseconds * 1_000_000), bytes, delta, Name(endpoint), overlapped, status, kind, traits, request));

    public void Write(int count)
    {
        for (var i = 0; i < count; i++)
            Write();
    }

    /// <summary>A record under its own number, wherever that is.</summary>
    public void Put(RequestRecord record)
    {
        Span<byte> bytes = stackalloc byte[RequestRingLayout.RecordSize];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, record.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], record.StartedNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], record.DurationNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], record.ResponseBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], record.RssDelta ?? RequestRingLayout.NotMeasured);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], record.Endpoint);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[44..], record.Overlapped);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[48..], (ushort)record.Status);
        bytes[50] = (byte)record.Kind;
        bytes[51] = (byte)record.Traits;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], record.Request);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], record.Sequence);
        Put(OffsetOf(record.Sequence), bytes);
        Written = Math.Max(Written, record.Sequence);
    }

    /// <summary>The number at one end of a record: what a reader sees while it is being written.</summary>
    public void PutFirst(long slotOf, long sequence) => Put64(OffsetOf(slotOf), sequence);

    public void PutLast(long slotOf, long sequence) => Put64(OffsetOf(slotOf) + RequestRingLayout.RecordSize - 8, sequence);

    public void Put32(int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Put(offset, bytes);
    }

    public void Put64(int offset, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Put(offset, bytes);
    }

    public void Put(int offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file.SafeFileHandle, bytes, offset);

    public void Truncate(int bytes) => _file.SetLength(bytes);

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(Path);
    }

    private static int OffsetOf(long sequence) =>
        RequestRingLayout.HeaderSize + ((int)((sequence - 1) % RequestRingLayout.Records) * RequestRingLayout.RecordSize);
}
