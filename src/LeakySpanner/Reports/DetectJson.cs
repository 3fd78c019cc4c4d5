using LeakySpanner.Sessions;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.detection/1.</summary>
internal sealed record DetectJson(
    string Schema, ProcessJson Process, VerdictJson Verdict, long InitialRssBytes, long FinalRssBytes, IReadOnlyList<string> Notes)
{
    public static DetectJson Of(Detection detection) => new(
        "leakyspanner.detection/1",
        ProcessJson.Of(detection.Process),
        VerdictJson.Of(detection.Verdict),
        detection.First.Rss.Bytes,
        detection.Last.Rss.Bytes,
        detection.Notes);
}

/// <summary>Schema leakyspanner.detections/1: one entry per process, where several were asked for.</summary>
internal sealed record DetectionsJson(string Schema, IReadOnlyList<DetectJson> Detections);
