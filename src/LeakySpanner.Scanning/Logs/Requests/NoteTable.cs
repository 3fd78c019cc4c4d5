using System.Text;

namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>How often a job ran, or an ordinary message was logged, its numbers left out.</summary>
internal sealed class NoteCount(string text, bool isJob)
{
    public string Text => text;

    public bool IsJob => isJob;

    public long Count { get; set; }

    public int Windows { get; set; }

    public long InWindows { get; set; }

    public int LastWindow { get; set; } = -1;
}

/// <summary>Ordinary log messages by their wording, in bounded space: what is new when the table is full is not counted.</summary>
internal sealed class NoteTable
{
    public const int MostNotes = 2048;

    private const int LongestText = 100;

    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<NoteCount> _notes = [];

    public int Count => _notes.Count;

    public NoteCount this[int note] => _notes[note];

    public IReadOnlyList<NoteCount> All => _notes;

    /// <returns>The note's number, or -1 where there is no room for it.</returns>
    public int Add(ReadOnlySpan<byte> message, bool isJob)
    {
        Span<byte> buffer = stackalloc byte[LongestText];
        var text = isJob ? message[..Math.Min(message.Length, LongestText)] : Wording(message, buffer);
        if (text.Length < 3)
            return -1;
        var hash = PathSegment.Hash(text) ^ (isJob ? 1UL : 0);
        if (!_numbers.TryGetValue(hash, out var number))
        {
            if (_notes.Count >= MostNotes)
                return -1;
            _numbers.Add(hash, number = _notes.Count);
            _notes.Add(new NoteCount(Encoding.UTF8.GetString(text).Trim(), isJob));
        }

        _notes[number].Count++;
        return number;
    }

    /// <summary>Numbers and what is quoted or looks like a token become one character each.</summary>
    private static ReadOnlySpan<byte> Wording(ReadOnlySpan<byte> message, Span<byte> into)
    {
        var length = 0;
        for (var i = 0; i < message.Length && length < into.Length; i++)
        {
            var character = message[i];
            if (character is (byte)'\'' or (byte)'"' && message[(i + 1)..].IndexOf(character) is var close and >= 0)
            {
                into[length++] = (byte)'~';
                i += close + 1;
            }
            else if (char.IsAsciiDigit((char)character))
            {
                // What hangs on a number belongs to it: 0x7f2c, 12ms, 2026-03-01, 1f3a9c.
                while (length > 0 && char.IsAsciiHexDigit((char)into[length - 1]) && char.IsAsciiLetterLower((char)into[length - 1]))
                    length--;
                while (i + 1 < message.Length && (char.IsAsciiLetterOrDigit((char)message[i + 1]) || message[i + 1] is (byte)'.' or (byte)'-' or (byte)':' or (byte)'_'))
                    i++;
                if (length == 0 || into[length - 1] != '#')
                    into[length++] = (byte)'#';
            }
            else
            {
                into[length++] = character;
            }
        }

        return into[..length];
    }
}
