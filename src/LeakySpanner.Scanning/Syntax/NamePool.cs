using System.Collections.Concurrent;
using System.Text;

namespace LeakySpanner.Scanning.Syntax;

/// <summary>One string per name, however often it is written: a project has a thousand times as many names as different ones.</summary>
internal static class NamePool
{
    /// <summary>Longer ones are texts; they are not kept.</summary>
    private const int Longest = 128;

    /// <summary>Where files are made to have many names, memory must not follow.</summary>
    private const int Most = 2_000_000;

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> BySpan = Names.GetAlternateLookup<ReadOnlySpan<char>>();
    private static int _count;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Longest)
            return Encoding.UTF8.GetString(utf8);
        Span<char> characters = stackalloc char[Longest];
        return Of(characters[..Encoding.UTF8.GetChars(utf8, characters)]);
    }

    public static string Of(ReadOnlySpan<char> name)
    {
        if (BySpan.TryGetValue(name, out var known))
            return known;
        var text = name.ToString();
        if (_count >= Most)
            return text;
        Interlocked.Increment(ref _count);
        return Names.GetOrAdd(text, text);
    }

    /// <summary>"a" and "b" as "a.b".</summary>
    public static string Join(string left, string right)
    {
        Span<char> joined = stackalloc char[256];
        if (left.Length + right.Length + 1 > joined.Length)
            return left + "." + right;
        left.CopyTo(joined);
        joined[left.Length] = '.';
        right.CopyTo(joined[(left.Length + 1)..]);
        return Of(joined[..(left.Length + right.Length + 1)]);
    }
}
