using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using LeakySpanner.Scanning.Logs.Formats;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// All phrases of all formats, found by one vectorised search. The search works on characters, so that a line is widened byte by byte
/// first; phrases are ASCII, and no byte of another character can be mistaken for one.
/// </summary>
internal sealed class PhraseTable
{
    private readonly SearchValues<string> _phrases;
    private readonly List<(string Phrase, int Format)>[] _byFirst = new List<(string, int)>[128];

    /// <summary>Phrases further to the right are not found.</summary>
    public const int LongestSearched = 2048;

    /// <param name="formats">In the order in which they are asked.</param>
    public PhraseTable(IReadOnlyList<LineFormat> formats)
    {
        _phrases = SearchValues.Create([.. formats.SelectMany(format => format.Phrases).Distinct()], StringComparison.Ordinal);
        for (var format = 0; format < formats.Count; format++)
        {
            foreach (var phrase in formats[format].Phrases)
                (_byFirst[phrase[0]] ??= []).Add((phrase, format));
        }
    }

    /// <summary>The formats whose phrases occur, as a set of bits; 0 for most lines.</summary>
    [SkipLocalsInit]
    public ulong Find(ReadOnlySpan<byte> line)
    {
        Span<char> widened = stackalloc char[LongestSearched];
        line = line.Length > LongestSearched ? line[..LongestSearched] : line;
        ReadOnlySpan<char> rest = widened[..Encoding.Latin1.GetChars(line, widened)];
        var found = 0UL;
        for (var index = rest.IndexOfAny(_phrases); index >= 0; index = rest.IndexOfAny(_phrases))
        {
            rest = rest[index..];
            foreach (var (phrase, format) in _byFirst[rest[0]])
            {
                if (rest.StartsWith(phrase, StringComparison.Ordinal))
                    found |= 1UL << format;
            }

            rest = rest[1..];
        }

        return found;
    }
}
