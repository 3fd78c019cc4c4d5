using LeakySpanner.Reports;

namespace LeakySpanner.Commands;

/// <summary>Shows one report in place of the one before on a terminal; in a file or pipe, one after the other.</summary>
internal sealed class LiveScreen(Terminal terminal)
{
    private int _lines;

    public void Replace(Action<ReportWriter> write)
    {
        var text = new StringWriter();
        write(new ReportWriter(text, terminal.Width, terminal.Colour));
        var report = text.ToString();
        if (terminal.OutputIsLive)
        {
            // Cursor up to where the last report began, and erase from there.
            if (_lines > 0)
                terminal.Output.Write($"\u001b[{_lines}F\u001b[J");
            _lines = report.Count(character => character == '\n');
        }

        terminal.Output.Write(report);
        terminal.Output.Flush();
    }
}
