using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Growth that the balance sheets show and the runtime's objects do not: native memory, and memory that is free.</summary>
internal static class BalanceSuspects
{
    private const double LeastNativeShare = 0.15;
    private const double LeastFreeShare = 0.2;
    private const long LeastBytes = ByteSize.MB;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        var native = Grown(context, "malloc_native");
        if (native >= LeastBytes && context.Measured.ShareOf(native) >= LeastNativeShare)
        {
            yield return Of(
                context, SuspectKind.Native, "native memory (malloc)", native, "native_growth",
                "Memory of the C allocator grew that no object of the runtime accounts for: an extension, a driver or a library under it.",
                Prospect.Unbounded);
        }

        var arenas = Grown(context, "python_free");
        var malloc = Grown(context, "malloc_free");
        if (arenas + malloc >= LeastBytes && context.Measured.ShareOf(arenas + malloc) >= LeastFreeShare)
        {
            yield return Of(
                context, SuspectKind.Fragmentation, arenas >= malloc ? "free memory in arenas" : "free memory in malloc", arenas + malloc, "fragmentation",
                "Memory was freed but stays with the process, between blocks that are still in use. It is used again before more is asked for: no leak.",
                Prospect.Ends);
        }
    }

    private static long Grown(DiagnosisContext context, string line)
    {
        var evidence = context.Evidence;
        return evidence.BalanceBefore.IsDefaultOrEmpty || evidence.Balance.IsDefaultOrEmpty
            ? 0
            : Math.Max(0, Bytes(evidence.Balance, line) - Bytes(evidence.BalanceBefore, line));
    }

    private static long Bytes(IEnumerable<BalanceLine> lines, string name) => lines.Where(line => line.Name == name).Sum(line => line.Bytes);

    private static Candidate Of(DiagnosisContext context, SuspectKind kind, string name, long bytes, string pattern, string explanation, Prospect prospect) =>
        new(new Suspect(
            kind, name, null, null, bytes / context.Measured.Minutes, null, context.Measured.ShareOf(bytes), [], [], [], pattern, explanation,
            null, prospect == Prospect.Ends), bytes, prospect);
}
