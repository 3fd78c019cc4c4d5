using System.Globalization;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <param name="Kind">exited, signalled, out_of_memory, replaced, unknown.</param>
/// <param name="At">ISO 8601.</param>
internal sealed record EndJson(
    string Kind, string At, double AfterSeconds, int? ExitCode, string? Signal, bool Inferred, long RssBytes, long? LimitBytes, string? LimitSource,
    string? Successor, IReadOnlyList<int> Heirs, string Text)
{
    public static EndJson? Of(ProcessEnd? end) => end is null ? null : new(
        EndText.KindName(end.Kind), end.At.ToString("O", CultureInfo.InvariantCulture), Math.Round(end.After.TotalSeconds, 1), end.ExitCode, end.Signal,
        end.IsInferred, end.Rss.Bytes, end.Limit?.Bytes, end.LimitSource, end.Successor, end.Heirs.IsDefault ? [] : end.Heirs, EndText.Of(end));
}
