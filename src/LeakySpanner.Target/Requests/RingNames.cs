using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Requests;

/// <summary>The table of names behind the records, read as far as it has grown.</summary>
internal sealed class RingNames(SharedFile file)
{
    private const int LengthSize = 2;

    private readonly List<string> _names = [];
    private readonly byte[] _length = new byte[LengthSize];

    /// <summary>Bytes of the table that were read.</summary>
    private int _read;

    /// <summary>Set where the table makes no sense: what follows is not read.</summary>
    private bool _broken;

    public IReadOnlyList<string> All => _names;

    /// <summary>Costs one read of 8 bytes where nothing is new. At most <see cref="RequestRingLayout.NamesSize"/> bytes are ever read.</summary>
    public void Refresh()
    {
        Span<byte> header = stackalloc byte[8];
        if (_broken || !file.TryRead(RequestRingLayout.Header.NamesUsed, header))
            return;
        var used = (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(header), RequestRingLayout.NamesSize);
        while (_read < used && !_broken)
        {
            if (TryReadName(used) is { } name)
                _names.Add(name);
            else
                _broken = true;
        }
    }

    private string? TryReadName(int used)
    {
        var at = RequestRingLayout.NamesOffset + _read;
        if (_read + LengthSize > used || !file.TryRead(at, _length))
            return null;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_length);
        if (_read + LengthSize + length > used)
            return null;
        var bytes = new byte[length];
        if (!file.TryRead(at + LengthSize, bytes))
            return null;
        _read += LengthSize + length;
        return Printable(Encoding.UTF8.GetString(bytes));
    }

    /// <summary>Names go into logs, one line each.</summary>
    private static string Printable(string name) => name.Any(IsUnwanted)
        ? string.Create(name.Length, name, static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++)
                into[i] = IsUnwanted(from[i]) ? '\uFFFD' : from[i];
        })
        : name;

    /// <summary>Control characters, line and paragraph separators, and marks that turn the direction of writing round.</summary>
    private static bool IsUnwanted(char character) =>
        char.IsControl(character) || character is (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
