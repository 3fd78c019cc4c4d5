using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sidecar.History;

/// <summary>
/// Lets a verdict stand only when it was found several times in a row. The judge's error rates are those of one look; who looks
/// every few seconds all day must be harder to convince.
/// </summary>
internal sealed class VerdictWatch
{
    private const int InARow = 3;

    private static readonly TimeSpan LeastForLeak = TimeSpan.FromSeconds(60);

    private Outcome? _candidate;
    private int _seen;

    /// <summary>The one that stands, with its latest figures.</summary>
    public Verdict Standing { get; private set; } = new(
        Outcome.TooEarlyToTell, Severity.None, 0, double.NegativeInfinity, double.PositiveInfinity, 0, null, TimeSpan.Zero, "not watched yet");

    /// <returns>Whether another outcome stands from now on.</returns>
    public bool Add(Verdict verdict)
    {
        _seen = _candidate == verdict.Outcome ? _seen + 1 : 1;
        _candidate = verdict.Outcome;
        if (verdict.Outcome == Standing.Outcome)
        {
            Standing = verdict;
            return false;
        }

        if (_seen < InARow || (verdict.Outcome == Outcome.Leak && verdict.Watched < LeastForLeak))
            return false;
        Standing = verdict;
        return true;
    }
}
