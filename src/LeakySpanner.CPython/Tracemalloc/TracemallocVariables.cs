using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>
/// Where a process keeps tracemalloc's variables: from 3.12 on in _PyRuntime. Before, its switches are exported, and the pointers to its tables are
/// static: a binary that was not stripped names them, in others the image's data is looked through once for pointers to such tables.
/// </summary>
internal sealed class TracemallocVariables
{
    private const int PieceBytes = 64 * 1024;

    private readonly PythonProcess _python;
    private readonly Lock _lock = new();
    private readonly Lazy<(Address Config, string Image)?> _config;
    private readonly Lazy<TableFunctions?> _functions;
    private Address _traces;
    private Address _domains;

    internal TracemallocVariables(PythonProcess python)
    {
        _python = python;
        _config = new(() => python.Layout.Tracemalloc.State is { } state ? (python.Runtime + state.Config, "") : python.Target.TryFindSymbol("_Py_tracemalloc_config", out var config, out var image) ? (config, image) : null, LazyThreadSafetyMode.PublicationOnly);
        _functions = new(() =>
            python.Target.TryFindSymbol("_Py_hashtable_hash_ptr", out var hash, out _)
            && python.Target.TryFindSymbol("_Py_hashtable_compare_direct", out var compare, out _)
            && python.Target.TryFindSymbol("_Py_hashtable_destroy", out var destroy, out _)
                ? new TableFunctions(hash, compare, destroy)
                : null,
            LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Null where the build has no such switch.</summary>
    internal TracemallocSwitches? ReadSwitches()
    {
        var layout = _python.Layout.Tracemalloc;
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..layout.ConfigSize];
        return _config.Value is { } config && _python.Memory.TryRead(config.Config, bytes)
            ? new TracemallocSwitches(
                BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.ConfigTracing..]) != 0, BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.ConfigMostFrames..]))
            : null;
    }

    internal TableRules? ReadRules() => TableRules.Of(_python, _functions.Value);

    /// <summary>The tables as of now: that of traces, and that of domains where there is one. False where they are not found.</summary>
    internal bool TryReadTables(TableRules rules, TracemallocLimits limits, CancellationToken stop, out HashTable traces, out HashTable? domains)
    {
        lock (_lock)
        {
            domains = null;
            if (!TryFollow(_traces, out traces) || !rules.IsTraces(traces))
            {
                (_traces, _domains) = (default, default);
                if (!TryState(rules) && !TryNamed(rules) && !TrySearch(rules, limits, stop))
                    return false;
                if (!TryFollow(_traces, out traces) || !rules.IsTraces(traces))
                    return false;
            }

            domains = TryFollow(_domains, out var found) && rules.IsDomains(found) ? found : null;
            return true;
        }
    }

    private bool TryState(TableRules rules)
    {
        if (_python.Layout.Tracemalloc.State is not { } state || !TryFollow(_python.Runtime + state.Traces, out var table) || !rules.IsTraces(table))
            return false;
        _traces = _python.Runtime + state.Traces;
        _domains = _python.Runtime + state.Domains;
        return true;
    }

    private bool TryNamed(TableRules rules)
    {
        if (!_python.Target.TryFindSymbol("tracemalloc_traces", out var traces, out _) || !TryFollow(traces, out var table) || !rules.IsTraces(table))
            return false;
        _traces = traces;
        if (_python.Target.TryFindSymbol("tracemalloc_domains", out var domains, out _))
            _domains = domains;
        return true;
    }

    /// <summary>Several pointers to tables of traces would mean that one of them is something else: then none is believed.</summary>
    private bool TrySearch(TableRules rules, TracemallocLimits limits, CancellationToken stop)
    {
        if (_config.Value is not { Image.Length: > 0 } config)
            return false;
        var traces = new Dictionary<Address, Address>();
        var heap = new CachedMemory(_python.Memory, totalBytes: 1 << 20);
        var left = limits.ImageBytes;
        var piece = new byte[PieceBytes];
        for (var i = 0; i < rules.Ranges.Count; i++)
        {
            var region = rules.Ranges[i];
            if (!region.IsWritable || rules.Ranges.ImageOf(i) != config.Image)
                continue;
            for (var at = region.Start; at < region.End && left > 0; at += PieceBytes)
            {
                stop.ThrowIfCancellationRequested();
                var bytes = piece.AsSpan(0, (int)Math.Min(PieceBytes, region.End - at));
                left -= bytes.Length;
                if (_python.Memory.TryRead(at, bytes))
                    Consider(rules, heap, at, MemoryMarshal.Cast<byte, ulong>(bytes), traces);
            }
        }

        if (traces.Count == 1)
            _traces = traces.Values.Single();
        return traces.Count == 1;
    }

    private void Consider(TableRules rules, CachedMemory heap, Address at, ReadOnlySpan<ulong> words, Dictionary<Address, Address> traces)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = new Address(words[i]);
            if (words[i] % 16 != 0 || !rules.IsHeap(word) || !HashTable.TryRead(heap, _python.Layout.Tracemalloc, word, out var table))
                continue;
            if (rules.IsTraces(table))
                traces.TryAdd(word, at + (i * sizeof(ulong)));
            else if (_domains.IsNull && rules.IsDomains(table))
                _domains = at + (i * sizeof(ulong));
        }
    }

    private bool TryFollow(Address variable, out HashTable table)
    {
        table = default;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        return !variable.IsNull
            && _python.Memory.TryRead(variable, bytes)
            && HashTable.TryRead(_python.Memory, _python.Layout.Tracemalloc, new Address(BinaryPrimitives.ReadUInt64LittleEndian(bytes)), out table);
    }
}

/// <param name="Tracing">Whether tracemalloc is on.</param>
/// <param name="MostFrames">Frames kept of a traceback.</param>
internal readonly record struct TracemallocSwitches(bool Tracing, int MostFrames);
