using LeakySpanner.Doctor;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.doctor/1.</summary>
/// <param name="Works">As the exit code tells it.</param>
internal sealed record DoctorJson(string Schema, bool Works, IReadOnlyList<FindingJson> Machine, IReadOnlyList<ExaminedJson> Processes)
{
    public static DoctorJson Of(Examination examination) => new(
        "leakyspanner.doctor/1",
        examination.Works,
        [.. examination.Machine.Select(FindingJson.Of)],
        [.. examination.Processes.Select(process => new ExaminedJson(
            process.Pid, process.InnermostPid, process.Command, process.Runtime, PlaceJson.Of(process.Container), process.Works, [.. process.Findings.Select(FindingJson.Of)]))]);
}

internal sealed record ExaminedJson(
    int Pid, int? InnermostPid, string Command, string? Runtime, PlaceJson? Container, bool Works, IReadOnlyList<FindingJson> Findings);

/// <param name="State">"works", "note", "limited" or "broken".</param>
internal sealed record FindingJson(string Name, string State, string Text, IReadOnlyList<RemedyJson> Remedies)
{
    public static FindingJson Of(Finding finding) => new(
        finding.Name,
        finding.State switch
        {
            FindingState.Works => "works",
            FindingState.Note => "note",
            FindingState.Limited => "limited",
            _ => "broken",
        },
        finding.Text,
        [.. finding.Remedies.Select(remedy => new RemedyJson(remedy.Where, remedy.Lines))]);
}

/// <param name="Where">"kubernetes", "docker" or "machine".</param>
internal sealed record RemedyJson(string Where, IReadOnlyList<string> Lines);
