using System.Text.Json;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// The scalar fields of one line of JSON, by their last name whatever object they stand in, unescaped, in space that is used again for
/// the next line. Lists are not looked into.
/// </summary>
internal sealed class JsonFields
{
    private const int MostFields = 64;
    private const int MostDepth = 8;

    private readonly byte[] _texts = new byte[2 * LineReader.LongestLine];
    private readonly Field[] _fields = new Field[MostFields];
    private int _count;
    private int _used;

    private enum Kind
    {
        Text,
        Number,
        True,
        Other,
    }

    /// <returns>False where it is not one object of JSON.</returns>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        (_count, _used) = (0, 0);
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MostDepth });
            var (nameStart, nameLength, lists) = (0, 0, 0);
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartArray:
                        lists++;
                        break;
                    case JsonTokenType.EndArray:
                        lists--;
                        break;
                    case JsonTokenType.PropertyName when lists == 0 && _count < MostFields:
                        (nameStart, nameLength) = Keep(ref reader);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.EndObject or JsonTokenType.PropertyName:
                        break;
                    default:
                        if (lists == 0 && _count < MostFields)
                            Add(ref reader, nameStart, nameLength);
                        break;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that is not UTF-8.
            return false;
        }
    }

    public bool Has(ReadOnlySpan<byte> name) => Find(name) >= 0;

    public bool TryText(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Find(name) is not (>= 0 and var index) || _fields[index].Kind != Kind.Text)
            return false;
        text = _texts.AsSpan(_fields[index].Start, _fields[index].Length);
        return true;
    }

    public bool TryNumber(ReadOnlySpan<byte> name, out double number)
    {
        number = 0;
        if (Find(name) is not (>= 0 and var index) || _fields[index].Kind != Kind.Number)
            return false;
        number = Math.Clamp(_fields[index].Number, -9e18, 9e18);
        return true;
    }

    public bool IsTrue(ReadOnlySpan<byte> name) => Find(name) is >= 0 and var index && _fields[index].Kind == Kind.True;

    private void Add(ref Utf8JsonReader reader, int nameStart, int nameLength)
    {
        var field = new Field { NameStart = nameStart, NameLength = nameLength, Kind = Kind.Other };
        if (reader.TokenType == JsonTokenType.String)
        {
            (field.Start, field.Length) = Keep(ref reader);
            field.Kind = Kind.Text;
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            field.Kind = reader.TryGetDouble(out field.Number) && double.IsFinite(field.Number) ? Kind.Number : Kind.Other;
        }
        else if (reader.TokenType == JsonTokenType.True)
        {
            field.Kind = Kind.True;
        }

        _fields[_count++] = field;
    }

    /// <summary>A line is no longer than half the space, and unescaping does not make it longer.</summary>
    private (int Start, int Length) Keep(ref Utf8JsonReader reader)
    {
        var start = _used;
        var length = reader.CopyString(_texts.AsSpan(start));
        _used += length;
        return (start, length);
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_texts.AsSpan(_fields[i].NameStart, _fields[i].NameLength).SequenceEqual(name))
                return i;
        }

        return -1;
    }

    private struct Field
    {
        public int NameStart;
        public int NameLength;
        public int Start;
        public int Length;
        public double Number;
        public Kind Kind;
    }
}
