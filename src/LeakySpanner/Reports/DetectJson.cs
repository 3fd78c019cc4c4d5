using LeakySpanner.Sessions;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.detection/1.</summary>
internal sealed record DetectJson(
    string Schema, ProcessJson Process, VerdictJson Verdict, long InitialRssBytes, long FinalRssBytes, double MonotonicShare, IReadOnlyList<string> Notes, EndJson? Ended)
{
    public static DetectJson Of(Detection detection) => new(
        "leakyspanner.detection/1",
        ProcessJson.Of(detection.Process),
        VerdictJson.Of(detection.Report.Verdict),
        detection.Report.InitialRss.Bytes,
        detection.Report.FinalRss.Bytes,
        Math.Round(detection.Report.MonotonicShare, 4),
        detection.Notes,
        EndJson.Of(detection.End));
}

/// <summary>Schema leakyspanner.detections/1: one entry per process, where several were asked for.</summary>
internal sealed record DetectionsJson(string Schema, IReadOnlyList<DetectJson> Detections);
