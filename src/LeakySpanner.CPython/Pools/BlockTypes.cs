using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Pools;

/// <summary>
/// Tells what stands in a live block. A block holds an object if the word after its reference count, which stands at
/// offset 0, 16 (a collector's header) or 32 (with a managed dict), is a verified type whose flags ask for just that offset, if
/// the count is one, and if the block is large enough (some extensions allocate more than their type says; then only a small
/// count is believed). Everything else is a buffer.
/// Type objects never lie in arenas (they are over 512 bytes), so a word that points into one is refused without a look.
/// </summary>
public sealed class BlockTypes(TypeRegistry types, ArenaMap arenas)
{
    /// <summary>More references than 512 GB hold, and less than any five letters of text make.</summary>
    private const ulong LargestReferenceCount = 1UL << 36;

    private readonly ReferenceCountLayout _counts = types.ReferenceCount;
    private ulong _runStart;
    private ulong _runLength;
    private PythonType? _last;
    private ulong _lastAddress;

    /// <summary>The type of the object in the block, or null where it holds a buffer. The object starts
    /// <see cref="PythonType.PreHeaderSize"/> bytes into the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PythonType? Identify(ReadOnlySpan<byte> block)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(block);
        if (words.Length < 2)
            return null;
        return At(words, 0) ?? (words.Length >= 4 ? At(words, 2) ?? (words.Length >= 6 ? At(words, 4) : null) : null);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PythonType? At(ReadOnlySpan<ulong> words, int header)
    {
        var value = words[header + 1];
        // Most words that are no types point into the arenas' run that the last one pointed into.
        if (value < 4096 || value - _runStart < _runLength)
            return null;
        PythonType? type;
        if (value == _lastAddress)
            type = _last;
        else if ((type = FindOutside(value)) is null)
            return null;
        return type!.PreHeaderSize == header * sizeof(ulong) && IsPlausible(type, words, header) ? type : null;
    }

    private PythonType? FindOutside(ulong value)
    {
        var address = new Address(value);
        var type = types.FindKnown(address);
        if (type is null)
        {
            var run = arenas.RunOf(address);
            if (run >= 0)
            {
                var range = arenas.Run(run);
                _runStart = range.Start.Value;
                _runLength = (ulong)range.Length;
                return null;
            }
            type = types.Find(address);
            if (type is null)
                return null;
        }
        _last = type;
        _lastAddress = value;
        return type;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPlausible(PythonType type, ReadOnlySpan<ulong> words, int header)
    {
        var count = _counts.Of(words[header]);
        var needed = type.SmallestSize + type.PreHeaderSize;
        var size = words.Length * sizeof(ulong);
        if (count - 1 >= LargestReferenceCount || size < needed || (type.HasFixedSize && size - needed >= 16 && count >= 0x10000))
            return false;
        // In an array of references to classes, "count" is an address. Counts below 4 GB that look like one are rare.
        return count < 0x10000 || (count & 7) != 0 || !IsReference(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsReference(ulong count)
    {
        var address = new Address(count);
        return arenas.Contains(address) || types.Find(address) is not null || types.TypeOf(address) is not null;
    }
}
