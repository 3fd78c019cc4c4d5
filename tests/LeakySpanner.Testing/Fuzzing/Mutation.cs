using System.Runtime.InteropServices;

namespace LeakySpanner.Testing.Fuzzing;

/// <summary>Ways in which bytes come out wrong: torn, stale, moved, overwritten, or written by somebody who means harm.</summary>
internal static class Mutation
{
    private const int LongestRun = 4096;

    private static ReadOnlySpan<ulong> Absurd =>
        [0, 1, ulong.MaxValue, long.MaxValue, 1UL << 63, 1UL << 40, (1UL << 40) - 1, uint.MaxValue, int.MaxValue, (1UL << 47) - 8, 0xffff_ffff_0000_0000, 0x8000_0000];

    /// <param name="random">Decides what and where.</param>
    /// <param name="bytes">What was read; not empty.</param>
    /// <param name="reference">Makes an address of something that the process has.</param>
    public static void Apply(Random random, Span<byte> bytes, Func<ulong> reference)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (words.IsEmpty)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            return;
        }

        ref var word = ref words[random.Next(words.Length)];
        switch (random.Next(9))
        {
            case 0:
                word ^= 1UL << random.Next(64);
                break;
            case 1:
                word = Absurd[random.Next(Absurd.Length)];
                break;
            case 2:
                word = reference();
                break;
            case 3:
                word = reference() + (ulong)(8 * random.Next(-8, 9));
                break;
            case 4:
                word += (ulong)random.Next(-64, 65);
                break;
            case 5:
                word = words[random.Next(words.Length)];
                break;
            case 6:
                Run(random, bytes).Clear();
                break;
            case 7:
                random.NextBytes(Run(random, bytes));
                break;
            default:
                // The rest has moved by a word or two while it was read.
                var from = random.Next(words.Length);
                var by = Math.Min(random.Next(1, 3), words.Length - from);
                words[from..^by].CopyTo(words[(from + by)..]);
                break;
        }
    }

    private static Span<byte> Run(Random random, Span<byte> bytes)
    {
        var start = random.Next(bytes.Length);
        return bytes.Slice(start, Math.Min(bytes.Length - start, random.Next(1, LongestRun)));
    }
}
