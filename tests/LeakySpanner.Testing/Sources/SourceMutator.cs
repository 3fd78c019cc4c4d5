using System.Text;

namespace LeakySpanner.Testing.Sources;

/// <summary>Python files with something broken in them: bytes changed, pieces cut out, doubled or swapped, brackets piled up.</summary>
public sealed class SourceMutator(int seed)
{
    private static readonly byte[][] Pieces =
    [
        [.. "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("u8], [.. "\"\"\""u8], [.. "def f(x="u8], [.. "class A(B"u8], [.. "\n\t  \t"u8], [.. "lambda: lambda: "u8],
        [0xFF, 0xFE, 0x00], [.. "f'{f\"{x"u8], [.. "async with "u8], [.. "self.x = self.x = "u8], [.. "global x, y\n"u8], [.. "from ... import *\n"u8], [.. "@a.b.c(\n"u8], [.. "\\\n"u8],
    ];

    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] source)
    {
        var text = source.ToList();
        for (var i = _random.Next(1, 6); i > 0; i--)
            MutateOnce(text);
        return [.. text];
    }

    private void MutateOnce(List<byte> text)
    {
        var at = _random.Next(text.Count + 1);
        var length = Math.Min(text.Count - at, _random.Next(1, 400));
        switch (_random.Next(6))
        {
            case 0 when at < text.Count:
                text[at] = (byte)_random.Next(256);
                break;
            case 1:
                text.RemoveRange(at, length);
                break;
            case 2:
                text.InsertRange(_random.Next(text.Count + 1), text.GetRange(at, length));
                break;
            case 3:
                text.RemoveRange(at, text.Count - at);
                break;
            case 4:
                for (var i = _random.Next(1, 40); i > 0; i--)
                    text.InsertRange(at, Pieces[_random.Next(2)]);
                break;
            default:
                text.InsertRange(at, Pieces[_random.Next(Pieces.Length)]);
                break;
        }
    }

    /// <summary>Deep and long things that no person writes.</summary>
    public static IEnumerable<(string Name, byte[] Text)> Monsters()
    {
        yield return ("empty", []);
        yield return ("brackets", Bytes(new string('(', 100_000)));
        yield return ("closed brackets", Bytes(new string('[', 50_000) + new string(']', 50_000)));
        yield return ("a long sum", Bytes("x = " + string.Join(" + ", Enumerable.Repeat("1", 50_000))));
        yield return ("a long chain", Bytes("x" + string.Concat(Enumerable.Repeat(".y()", 30_000))));
        yield return ("aliases in a circle", Bytes("a = b\nb = c\nc = a\nclass A(B): pass\nclass B(A): pass\ndef f(): return g()\ndef g(): return f()\nf().x.append(1)\n"));
        yield return ("many names", Bytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x{i} = x{i + 1}.y\n"))));
        yield return ("one name", Bytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x = {{}}; x[{i}] = x\n"))));
        yield return ("deep blocks", Bytes(string.Concat(Enumerable.Range(0, 2_000).Select(i => new string(' ', i) + "if x:\n"))));
        yield return ("deep functions", Bytes(string.Concat(Enumerable.Range(0, 900).Select(i => new string(' ', i) + $"def f{i}():\n"))));
        yield return ("nulls", new byte[10_000]);
        yield return ("not UTF-8", [.. Enumerable.Range(0, 10_000).Select(i => (byte)(128 + (i % 128)))]);
        yield return ("attributes without a name", Bytes("import x\nclass A:\n    def __init__(self):\n        self.kept = x.()\n    def f(self, q):\n        self.kept.y[q] = x.().z\n        return x..query(x.).all()\n"));
        yield return ("a wide import", Bytes("from . import " + string.Join(", ", Enumerable.Range(0, 20_000).Select(i => $"n{i}"))));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
