using LeakySpanner.Sessions;
using LeakySpanner.Target;

namespace LeakySpanner.Commands;

/// <summary>Lets a person choose one of several processes.</summary>
internal static class Question
{
    /// <summary>Null where nobody can be asked, such as in a pipe.</summary>
    public static Func<IReadOnlyList<ProcessCandidate>, int>? Of(Terminal terminal) => terminal.CanAsk ? candidates => Ask(terminal, candidates) : null;

    private static int Ask(Terminal terminal, IReadOnlyList<ProcessCandidate> candidates)
    {
        terminal.Error.WriteLine("several processes match:");
        for (var i = 0; i < candidates.Count; i++)
            terminal.Error.WriteLine($"{i + 1,4}. {TargetSelection.Describe(candidates[i])}");
        terminal.Error.Write($"which one (1 to {candidates.Count})? ");
        var answer = Console.In.ReadLine();
        return int.TryParse(answer, out var number) && number >= 1 && number <= candidates.Count
            ? candidates[number - 1].Pid
            : throw new UsageException($"'{answer}' is none of them: choose one with --pid, or add --all");
    }
}
