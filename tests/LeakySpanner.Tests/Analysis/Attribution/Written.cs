using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Tests.Analysis.Attribution;

/// <summary>Uses as a person writes them: "42 Add CACHE []=", "7 Call self.service.save". "cell:" and "local:" say where a
/// name is from; self and cls are local; "?" starts at something unknown.</summary>
internal static class Written
{
    public static CodeUse[] Uses(params string[] lines) => [.. lines.Select(Use)];

    public static CodeUse Use(string line)
    {
        var words = line.Split(' ');
        return new CodeUse(int.Parse(words[0], null), Enum.Parse<CodeAction>(words[1]), Path(words[2]), words.Length > 3 ? words[3] : "");
    }

    private static AccessPath Path(string text)
    {
        var parts = text.Replace("[]", ".[]", StringComparison.Ordinal).Split('.');
        var (origin, name) = parts[0].Split(':') switch
        {
            ["cell", var cell] => (PathOrigin.Cell, cell),
            ["local", var local] => (PathOrigin.Local, local),
            ["?"] => (PathOrigin.Unknown, ""),
            ["self" or "cls"] => (PathOrigin.Local, parts[0]),
            _ => (PathOrigin.Global, parts[0]),
        };
        return new AccessPath(origin, name, parts.Skip(1).ToImmutableArray());
    }
}
