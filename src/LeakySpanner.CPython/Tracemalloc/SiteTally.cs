using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Types;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>
/// Blocks and bytes by the line that allocated them, which is the newest frame of their traceback. Tracebacks are shared by all
/// traces that have the same, and are freed only when tracing stops: their address is enough to know them by.
/// </summary>
internal sealed class SiteTally(PythonProcess python, PageWindow window, int mostFrames, TracemallocLimits limits)
{
    private const string TextType = "str";

    private readonly Dictionary<ulong, int> _tracebacks = [];
    private readonly Dictionary<(int File, int Line), int> _sites = [];
    private readonly List<(int File, int Line, long Count, long Bytes)> _sums = [];
    private readonly Dictionary<ulong, int> _filesByAddress = [];
    private readonly Dictionary<string, int> _filesByName = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private ulong _textType;

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Blocks that are in the totals, but on no line, as there were too many lines.</summary>
    public long Elsewhere { get; private set; }

    public FaultTally Faults { get; } = new();

    /// <summary>A block of so many bytes; false where its traceback is none.</summary>
    public bool TryAdd(ulong traceback, long bytes)
    {
        if (!_tracebacks.TryGetValue(traceback, out var site))
        {
            if (!TryFindSite(traceback, out site))
                return false;
            if (_tracebacks.Count < limits.Tracebacks)
                _tracebacks.Add(traceback, site);
        }

        Count++;
        Bytes += bytes;
        if (site < 0)
        {
            Elsewhere++;
            return true;
        }

        ref var sum = ref CollectionsMarshal.AsSpan(_sums)[site];
        sum.Count++;
        sum.Bytes += bytes;
        return true;
    }

    /// <summary>The largest sites, numbers multiplied where only a sample was read.</summary>
    public ImmutableArray<AllocationSite> Largest(int limit, double scale) =>
    [
        .. _sums.OrderByDescending(sum => sum.Bytes).ThenByDescending(sum => sum.Count)
            .ThenBy(sum => _files[sum.File], StringComparer.Ordinal).ThenBy(sum => sum.Line)
            .Take(limit)
            .Select(sum => new AllocationSite(_files[sum.File], sum.Line, (long)Math.Round(sum.Count * scale), (long)Math.Round(sum.Bytes * scale))),
    ];

    /// <summary>-1 where there are too many sites already.</summary>
    private bool TryFindSite(ulong traceback, out int site)
    {
        site = -1;
        var layout = python.Layout.Tracemalloc;
        if (!window.TryView(traceback, layout.TracebackFrames + layout.FrameSize, out var bytes))
            return false;
        var frames = BinaryPrimitives.ReadUInt16LittleEndian(bytes[layout.TracebackFrameCount..]);
        var all = BinaryPrimitives.ReadUInt16LittleEndian(bytes[layout.TracebackAllFrames..]);
        var frame = bytes[layout.TracebackFrames..];
        var file = BinaryPrimitives.ReadUInt64LittleEndian(frame[layout.FrameFile..]);
        var line = BinaryPrimitives.ReadInt32LittleEndian(frame[layout.FrameLine..]);
        if (frames == 0 || frames > mostFrames || all < frames || line < 0 || !TryFindFile(file, out var number))
            return false;
        if (_sites.TryGetValue((number, line), out site))
            return true;
        if (number < 0 || _sums.Count >= limits.Sites)
        {
            site = -1;
            return true;
        }

        site = _sums.Count;
        _sites.Add((number, line), site);
        _sums.Add((number, line, 0, 0));
        return true;
    }

    /// <summary>-1 where there are too many files already.</summary>
    private bool TryFindFile(ulong text, out int file)
    {
        if (_filesByAddress.TryGetValue(text, out file))
            return true;
        file = -1;
        if (!(python.Layout.Tracemalloc.FileIsBytes ? TryReadBytes(text, out var name) : TryReadText(text, out name)))
            return false;
        if (!_filesByName.TryGetValue(name, out file))
        {
            if (_files.Count >= limits.Files)
            {
                file = -1;
                return true;
            }

            file = _files.Count;
            _files.Add(name);
            _filesByName.Add(name, file);
        }

        _filesByAddress.TryAdd(text, file);
        return true;
    }

    private bool TryReadText(ulong text, out string name)
    {
        name = "";
        return IsText(text) && PythonText.TryRead(python.Memory, python.Layout.Text, new Address(text), limits.FileNameLength, out name);
    }

    /// <summary>UTF-8 with a zero at its end, as malloc gave the place: the end of its page may be the last that can be read.</summary>
    private bool TryReadBytes(ulong text, out string name)
    {
        const int Piece = 64;
        name = "";
        var bytes = new List<byte>();
        while (bytes.Count <= limits.FileNameLength)
        {
            var at = text + (ulong)bytes.Count;
            if (!window.TryView(at, Piece - (int)(at % Piece), out var piece))
                return false;
            var end = piece.IndexOf((byte)0);
            bytes.AddRange(end < 0 ? piece : piece[..end]);
            if (end < 0)
                continue;
            name = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));
            return name.Length > 0;
        }

        return false;
    }

    /// <summary>By its type's name, once: registries of types are not for two threads.</summary>
    private bool IsText(ulong address)
    {
        if (!window.TryWord(address + TypeRegistry.TypeOffset, out var type))
            return false;
        if (_textType == 0
            && window.TryWord(type + (ulong)python.Layout.Type.Name, out var name)
            && PythonText.TryReadC(python.Memory, new Address(name), TextType.Length + 1, out var text) && text == TextType)
            _textType = type;
        return _textType != 0 && type == _textType;
    }
}
