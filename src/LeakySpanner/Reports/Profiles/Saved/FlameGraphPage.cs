using System.Text;
using System.Text.Json;
using LeakySpanner.Commands;

namespace LeakySpanner.Reports.Profiles.Saved;

/// <summary>One page that needs nothing else: web/ makes it (script, style and the policy that allows only them), we put the samples in.</summary>
internal static class FlameGraphPage
{
    private const string Resource = "flame-graph.html";
    private const string Start = "<script type=\"application/json\" id=\"data\">";
    private const string End = "</script>";
    private const string Mark = "{data}";

    private static string Template
    {
        get
        {
            using var resource = typeof(FlameGraphPage).Assembly.GetManifestResourceStream(Resource)
                ?? throw new UsageException("this build was made without the web front end: `make build` makes one with it, and --format speedscope needs none");
            using var reader = new StreamReader(resource);
            return reader.ReadToEnd();
        }
    }

    /// <exception cref="UsageException">This build has none.</exception>
    public static void Check() => _ = Template;

    public static void Write(Stream stream, SavedRun run)
    {
        var template = Template;
        var at = template.IndexOf(Mark, StringComparison.Ordinal);
        stream.Write(Encoding.UTF8.GetBytes(template[..at]));
        JsonSerializer.Serialize(stream, run, SavedRunContext.Default.SavedRun);
        stream.Write(Encoding.UTF8.GetBytes(template[(at + Mark.Length)..]));
    }

    /// <summary>The samples in a page that was written once; null where there are none.</summary>
    public static string? DataOf(string page)
    {
        var start = page.IndexOf(Start, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += Start.Length;
        var end = page.IndexOf(End, start, StringComparison.Ordinal);
        return end < 0 ? null : page[start..end];
    }
}
