using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <summary>One numbered suspect.</summary>
internal static class SuspectText
{
    private const int LabelWidth = 16;
    private const double LeastOutside = 0.1;

    public static void Write(ReportWriter writer, int rank, Suspect suspect)
    {
        var number = $"{rank}. ";
        writer.Line(0, number.Length + 3, [number, Piece.Strong(suspect.Name), .. Figures(suspect)]);
        var indent = number.Length;

        if (!suspect.Path.IsDefaultOrEmpty)
            writer.Field(indent, LabelWidth, "kept alive by", string.Join(" > ", suspect.Path));
        WriteSites(writer, indent, suspect);
        WriteEndpoints(writer, indent, suspect);
        if (suspect.Disagreement is { } disagreement)
            writer.Field(indent, LabelWidth, "but", disagreement);
        WritePattern(writer, indent, suspect.Pattern?.Replace('_', ' '), suspect.Explanation);
        if (suspect.IsExpected)
            writer.Field(indent, LabelWidth, "no leak", "its growth will end by itself");
        if (suspect.Fix is { } fix)
            writer.Field(indent, LabelWidth, "fix", Piece.Strong(fix));
        if (suspect.Source is { } source)
            WriteSource(writer, indent, suspect, source);
    }

    /// <summary>What code and memory agree on is not said twice.</summary>
    private static void WriteSource(ReportWriter writer, int indent, Suspect suspect, SourceFinding source)
    {
        writer.Field(indent, LabelWidth, "in the source", $"{source.File}:{source.Line}", Gap(source.Rule), Gap(source.Message));
        if (source.Fix != suspect.Fix)
            writer.Field(indent, LabelWidth, suspect.Fix is null ? "fix" : "or", Piece.Strong(source.Fix));
    }

    /// <summary>An explanation that begins with the pattern's name says both in one line.</summary>
    private static void WritePattern(ReportWriter writer, int indent, string? pattern, string? explanation)
    {
        if (pattern is not null && explanation?.StartsWith(pattern + ":", StringComparison.OrdinalIgnoreCase) == true)
        {
            writer.Field(indent, LabelWidth, "pattern", pattern + explanation[pattern.Length..]);
            return;
        }

        if (pattern is not null)
            writer.Field(indent, LabelWidth, "pattern", pattern);
        if (explanation is not null)
            writer.Field(indent, LabelWidth, "because", explanation);
    }

    private static IEnumerable<Piece> Figures(Suspect suspect)
    {
        if (suspect.Type is { } type && type != suspect.Name)
            yield return Gap(type);
        if (suspect.ObjectsPerMinute is { } objects)
            yield return Gap($"{Phrase.Rate(objects)} {Noun(suspect.Kind)}/min");
        if (suspect.BytesPerMinute is { } bytes && (suspect.ObjectsPerMinute is null || suspect.ShareOfGrowth is null))
            yield return Gap(Phrase.Growth(bytes));
        if (suspect.RetainedBytes is { } retained)
            yield return Gap($"holds {Phrase.Bytes(retained)}");
        if (suspect.ShareOfGrowth is { } share)
            yield return Gap($"explains {Phrase.Share(share)} of the growth");
    }

    private static void WriteSites(ReportWriter writer, int indent, Suspect suspect)
    {
        if (suspect.AllocatedAt.IsDefaultOrEmpty)
            return;
        WriteSites(writer, indent, "filled at", [.. suspect.AllocatedAt.Where(site => site.Fills)]);
        WriteSites(writer, indent, "allocated at", [.. suspect.AllocatedAt.Where(site => !site.Fills)]);
    }

    private static void WriteSites(ReportWriter writer, int indent, string label, List<Site> sites)
    {
        for (var i = 0; i < sites.Count; i++)
        {
            var site = sites[i];
            writer.Field(
                indent, LabelWidth, i == 0 ? label : "",
                $"{site.File}:{site.Line}", Gap($"{site.Function}()"), Sampled(site.SampledShare), Inferred(site.Inferred));
        }
    }

    private static Piece Sampled(double? share) => share is { } of ? Gap($"{Phrase.Share(of)} of its samples") : "";

    private static void WriteEndpoints(ReportWriter writer, int indent, Suspect suspect)
    {
        if (suspect.Endpoints.IsDefault)
            return;
        for (var i = 0; i < suspect.Endpoints.Length; i++)
        {
            var endpoint = suspect.Endpoints[i];
            var cost = endpoint.BytesPerRequest is { } bytes ? Gap($"{Phrase.Bytes((long)bytes)} per request") : default(Piece?);
            writer.Field(indent, LabelWidth, i == 0 ? "by endpoint" : "", endpoint.Route, cost ?? "", Precision(endpoint), Sampled(endpoint.SampledShare), Inferred(endpoint.Inferred));
        }

        if (suspect.OutsideRequests >= LeastOutside)
            writer.Field(indent, LabelWidth, "", "outside of requests", Sampled(suspect.OutsideRequests));
    }

    /// <summary>" (1.9 KB to 2.9 KB; 97 % of it)", as much of it as is known.</summary>
    private static Piece Precision(EndpointShare endpoint)
    {
        var interval = endpoint is { Low: { } low, High: { } high } ? $"{Phrase.Bytes((long)low)} to {Phrase.Bytes((long)high)}" : null;
        var share = endpoint.Share is { } of ? $"{Phrase.Share(of)} of it" : null;
        return interval is null && share is null ? "" : $" ({string.Join("; ", new[] { interval, share }.OfType<string>())})";
    }

    private static Piece Inferred(bool inferred) => inferred ? Piece.Faint("   (inferred)") : "";

    /// <summary>Figures stay whole when the line breaks.</summary>
    private static Piece Gap(string text) => "   " + text.Replace(' ', '\u00a0');

    private static string Noun(SuspectKind kind) => kind switch
    {
        SuspectKind.Container => "entries",
        SuspectKind.Task => "tasks",
        SuspectKind.Thread => "threads",
        SuspectKind.FileDescriptor => "descriptors",
        _ => "objects",
    };
}
