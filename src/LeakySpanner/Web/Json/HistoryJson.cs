using System.Collections.Immutable;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

internal sealed record HistoryJson(string Schema, string Service, DateTimeOffset Time, int Minutes, IReadOnlyList<WorkerHistoryJson> Workers)
{
    public static HistoryJson Of(ServiceView view, int minutes)
    {
        var from = view.Now - TimeSpan.FromMinutes(minutes);
        return new HistoryJson(
            "leakyspanner.history/1", view.Service, view.Now, minutes,
            [.. view.Workers.Select(worker => WorkerHistoryJson.Of(worker, from))]);
    }
}

/// <param name="Since">When the worker registered: there is nothing before.</param>
/// <param name="Points">In order of time, at most 720.</param>
internal sealed record WorkerHistoryJson(int Slot, int Pid, DateTimeOffset Since, IReadOnlyList<HistoryPointJson> Points)
{
    private const int MostPoints = 720;

    public static WorkerHistoryJson Of(WorkerView worker, DateTimeOffset from) => new(
        worker.Slot, worker.Pid, worker.Since,
        [.. Thinned([.. worker.History.Where(point => point.At >= from)])
            .Select(point => new HistoryPointJson(point.At, point.Rss.Bytes, point.Anonymous.Bytes, point.Requests))]);

    /// <summary>Of each stretch the highest point, so that no peak is lost; the last point stays.</summary>
    private static IEnumerable<HistoryPoint> Thinned(ImmutableArray<HistoryPoint> points)
    {
        if (points.Length <= MostPoints)
            return points;
        var stretches = MostPoints - 1;
        return Enumerable.Range(0, stretches)
            .Select(i => (Start: (int)((long)i * (points.Length - 1) / stretches), End: (int)((i + 1L) * (points.Length - 1) / stretches)))
            .Select(stretch => points[stretch.Start..stretch.End].MaxBy(point => point.Rss))
            .Append(points[^1]);
    }
}

/// <param name="Requests">Finished since the worker registered.</param>
internal sealed record HistoryPointJson(DateTimeOffset Time, long RssBytes, long AnonymousBytes, long Requests);
