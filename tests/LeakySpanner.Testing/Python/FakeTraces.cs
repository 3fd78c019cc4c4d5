using System.Numerics;
using System.Text;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target;

namespace LeakySpanner.Testing.Python;

/// <summary>
/// tracemalloc, switched on in a fake Python: its exported switches, functions in a mapping of code, and a static pointer
/// to a table of traces with a fixed number of buckets; or all of it in the runtime, where the layout says so. Entries are put at the head of
/// their bucket, as CPython does.
/// </summary>
public sealed class FakeTraces
{
    private static readonly Address Code = new(0x5554_0000_0000);

    private readonly FakePython _python;
    private readonly Dictionary<(string File, int Line), Address> _tracebacks = [];
    private readonly Dictionary<string, Address> _files = new(StringComparer.Ordinal);
    private ulong _nextKey = 0x7f00_0010_0000;

    /// <param name="python">Where.</param>
    /// <param name="buckets">Of the table of traces; a power of two.</param>
    /// <param name="mostFrames">Frames kept of a traceback.</param>
    public FakeTraces(FakePython python, int buckets = 64, int mostFrames = 4)
    {
        _python = python;
        python.MoreRegions.Add(new MappedRegion(Code, Code + 4096, "r-xp", 0, 1, python.ImageName));
        if (Layout.State is { } state)
        {
            (Config, Variable, DomainsVariable) = (python.Runtime + state.Config, python.Runtime + state.Traces, python.Runtime + state.Domains);
        }
        else
        {
            (Config, Variable, DomainsVariable) = (python.InImage(Layout.ConfigSize), python.InImage(8), python.InImage(8));
            python.Symbols["_Py_tracemalloc_config"] = Config;
        }

        python.Symbols["_Py_hashtable_hash_ptr"] = Code + 0x10;
        python.Symbols["_Py_hashtable_compare_direct"] = Code + 0x20;
        python.Symbols["_Py_hashtable_destroy"] = Code + 0x30;
        python.Memory.WriteUInt32(Config, 1);
        Tracing = true;
        python.Memory.WriteUInt32(Config + Layout.ConfigMostFrames, (uint)mostFrames);
        Table = NewTable(buckets, hash: Code + 0x10, valueDestroy: Code + 0x40);
        python.Memory.Write(Variable, Table);
    }

    public Address Config { get; }

    /// <summary>The static pointer to <see cref="Table"/>.</summary>
    public Address Variable { get; }

    public Address DomainsVariable { get; }

    public Address Table { get; }

    public bool Tracing
    {
        set => _python.Memory.WriteUInt32(Config + Layout.ConfigTracing, value ? 1u : 0u);
    }

    private TracemallocLayout Layout => _python.Layout.Tracemalloc;

    /// <summary>Another table of traces, empty.</summary>
    public Address NewTable(int buckets) => NewTable(buckets, Code + 0x10, Code + 0x40);

    /// <summary>A domain's own table, entered in the table of domains.</summary>
    public Address NewDomain(uint domain, int buckets = 16)
    {
        if (!TryAddressAt(DomainsVariable, out var domains))
        {
            domains = NewTable(16, hash: Code + 0x50, valueDestroy: Code + 0x30);
            _python.Memory.Write(DomainsVariable, domains);
        }

        var table = NewTable(buckets);
        AddEntry(domains, domain, domain, table);
        return table;
    }

    /// <summary>A block that is held; its address is the next free one of a heap.</summary>
    /// <returns>The entry.</returns>
    public Address Add(string file, int line, long bytes) => Add(Table, file, line, bytes);

    public Address Add(Address table, string file, int line, long bytes)
    {
        var key = _nextKey;
        _nextKey += (ulong)(bytes + 31) & ~15UL;
        return Add(table, key, bytes, Traceback(file, line));
    }

    public Address Add(Address table, ulong key, long bytes, Address traceback)
    {
        if (Layout.Inline is { } inline)
        {
            var keySize = (long)AddressAt(table + inline.KeySize).Value;
            var entry = AddEntry(table, key, BitOperations.RotateRight(key, 4), default, Layout.EntryKey + (int)keySize + Layout.TraceSize);
            _python.Memory.Write(entry + Layout.EntryKey + keySize + Layout.TraceBytes, (ulong)bytes);
            _python.Memory.Write(entry + Layout.EntryKey + keySize + Layout.TraceTraceback, traceback);
            return entry;
        }

        var trace = _python.InNative(Layout.TraceSize);
        _python.Memory.Write(trace + Layout.TraceBytes, (ulong)bytes);
        _python.Memory.Write(trace + Layout.TraceTraceback, traceback);
        return AddEntry(table, key, BitOperations.RotateRight(key, 4), trace);
    }

    /// <summary>To 3.8, once an extension has a domain: keys are an address and a domain, and there is one table for all.</summary>
    /// <param name="domain">Of the block.</param>
    /// <param name="traceback">Of its allocation.</param>
    /// <param name="bytes">Of the block.</param>
    public void AddWithDomain(uint domain, Address traceback, long bytes)
    {
        var keySize = Layout.Inline!.KeySize;
        _python.Memory.Write(Table + keySize, 16UL);
        var key = _nextKey;
        _nextKey += (ulong)(bytes + 31) & ~15UL;
        var entry = AddEntry(Table, key, BitOperations.RotateRight(key, 4) ^ domain, default, Layout.EntryKey + 16 + Layout.TraceSize);
        _python.Memory.WriteUInt32(entry + Layout.EntryKey + 8, domain);
        _python.Memory.Write(entry + Layout.EntryKey + 16 + Layout.TraceBytes, (ulong)bytes);
        _python.Memory.Write(entry + Layout.EntryKey + 16 + Layout.TraceTraceback, traceback);
    }

    /// <summary>The one traceback of a line, below a caller at main.py:1.</summary>
    public Address Traceback(string file, int line)
    {
        if (_tracebacks.TryGetValue((file, line), out var known))
            return known;
        var traceback = _python.InNative(Layout.TracebackFrames + (2 * Layout.FrameSize));
        WriteUInt16(traceback + Layout.TracebackFrameCount, 2);
        WriteUInt16(traceback + Layout.TracebackAllFrames, 2);
        WriteFrame(traceback + Layout.TracebackFrames, File(file), line);
        WriteFrame(traceback + Layout.TracebackFrames + Layout.FrameSize, File("/srv/main.py"), 1);
        return _tracebacks[(file, line)] = traceback;
    }

    public void WriteFrame(Address frame, Address file, int line)
    {
        _python.Memory.Write(frame + Layout.FrameFile, file);
        _python.Memory.WriteUInt32(frame + Layout.FrameLine, (uint)line);
    }

    /// <summary>Moves the table's buckets elsewhere, twice as many, and overwrites the old ones, as a rehash and a malloc after it do.</summary>
    public void Enlarge(Address table)
    {
        var old = AddressAt(table + Layout.TableBuckets);
        var count = (int)AddressAt(table + Layout.TableBucketCount).Value;
        var buckets = _python.InNative(16 * count);
        for (var i = 0; i < count; i++)
        {
            var next = AddressAt(old + (8 * i));
            while (!next.IsNull)
            {
                var entry = next;
                next = AddressAt(entry + Layout.EntryNext);
                var bucket = buckets + (8 * (long)(AddressAt(entry + Layout.EntryHash).Value & (ulong)((2 * count) - 1)));
                _python.Memory.Write(entry + Layout.EntryNext, AddressAt(bucket));
                _python.Memory.Write(bucket, entry);
            }

            _python.Memory.Write(old + (8 * i), 0x4141_4141_4141_4141UL);
        }

        _python.Memory.Write(table + Layout.TableBuckets, buckets);
        _python.Memory.Write(table + Layout.TableBucketCount, (ulong)(2 * count));
    }

    public Address AddressAt(Address at) => TryAddressAt(at, out var value) ? value : Address.Null;

    private Address NewTable(int buckets, Address hash, Address valueDestroy)
    {
        var table = _python.InNative(Layout.TableSize);
        _python.Memory.Write(table + Layout.TableBucketCount, (ulong)buckets);
        _python.Memory.Write(table + Layout.TableBuckets, _python.InNative(8 * buckets));
        _python.Memory.Write(table + Layout.TableFind, Code + 0x60);
        _python.Memory.Write(table + Layout.TableHash, hash);
        _python.Memory.Write(table + Layout.TableCompare, Code + 0x20);
        _python.Memory.Write(table + Layout.TableValueDestroy, valueDestroy);
        if (Layout.Inline is { } inline)
        {
            _python.Memory.Write(table + inline.KeySize, 8UL);
            _python.Memory.Write(table + inline.DataSize, (ulong)Layout.TraceSize);
        }

        return table;
    }

    private Address AddEntry(Address table, ulong key, ulong hash, Address value, int size = 0)
    {
        var entry = _python.InNative(Math.Max(size, Layout.EntrySize));
        var count = AddressAt(table + Layout.TableBucketCount).Value;
        var bucket = AddressAt(table + Layout.TableBuckets) + (8 * (long)(hash & (count - 1)));
        _python.Memory.Write(entry + Layout.EntryNext, AddressAt(bucket));
        _python.Memory.Write(entry + Layout.EntryHash, hash);
        _python.Memory.Write(entry + Layout.EntryKey, key);
        if (Layout.Inline is null)
            _python.Memory.Write(entry + Layout.EntryValue, value);
        _python.Memory.Write(bucket, entry);
        _python.Memory.Write(table + Layout.TableEntries, AddressAt(table + Layout.TableEntries).Value + 1);
        return entry;
    }

    private Address File(string name)
    {
        if (!_files.TryGetValue(name, out var file))
            _files[name] = file = Layout.FileIsBytes ? Bytes(name) : _python.Text(name);
        return file;
    }

    private Address Bytes(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name + '\0');
        var at = _python.InNative(bytes.Length);
        _python.Memory.Write(at, bytes);
        return at;
    }

    private bool TryAddressAt(Address at, out Address value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var read = _python.Memory.TryRead(at, bytes);
        value = new Address(read ? BitConverter.ToUInt64(bytes) : 0);
        return read && !value.IsNull;
    }

    private void WriteUInt16(Address at, ushort value) => _python.Memory.Write(at, BitConverter.GetBytes(value));
}
