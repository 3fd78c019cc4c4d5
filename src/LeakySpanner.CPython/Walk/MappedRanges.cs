using LeakySpanner.Target;

namespace LeakySpanner.CPython.Walk;

/// <summary>The target's readable mappings at the start of the walk: what an address can be at all, and of what kind.</summary>
internal sealed class MappedRanges
{
    private readonly ulong[] _starts;
    private readonly ulong[] _ends;
    private readonly MappedRegion[] _regions;
    private readonly string[] _images;

    public MappedRanges(IReadOnlyList<MappedRegion> regions)
    {
        _regions = [.. regions.Where(region => region.IsReadable && region.Length > 0).OrderBy(region => region.Start)];
        _starts = [.. _regions.Select(region => region.Start.Value)];
        _ends = [.. _regions.Select(region => region.End.Value)];
        _images = new string[_regions.Length];
        for (var i = 0; i < _regions.Length; i++)
        {
            _images[i] = _regions[i].Inode != 0 ? _regions[i].Path : "";

            // The .bss of an image is anonymous and follows its data.
            if (i > 0 && _regions[i].IsAnonymous && _images[i - 1].Length > 0 && _starts[i] == _ends[i - 1] && _regions[i - 1].IsWritable && _regions[i - 1].Inode != 0)
                _images[i] = _images[i - 1];
            WritableBytes += _regions[i].IsWritable ? _regions[i].Length : 0;
        }
    }

    public long WritableBytes { get; }

    public int Count => _regions.Length;

    public MappedRegion this[int index] => _regions[index];

    /// <summary>The file whose data, .bss included, the region is; "" for other memory.</summary>
    public string ImageOf(int index) => _images[index];

    public int Find(ulong address)
    {
        var index = Array.BinarySearch(_starts, address);
        if (index < 0)
            index = ~index - 1;
        return index >= 0 && address < _ends[index] ? index : -1;
    }
}
