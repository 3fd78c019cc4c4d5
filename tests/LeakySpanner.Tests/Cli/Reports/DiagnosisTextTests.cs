using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Testing.Goldens;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class DiagnosisTextTests
{
    [Fact]
    public void A_leak() => Golden.Matches("diagnose", Render(Diagnoses.Leak));

    [Fact]
    public void A_leak_on_a_narrow_terminal() => Golden.Matches("diagnose-narrow", Render(Diagnoses.Leak, width: 72));

    [Fact]
    public void A_leak_whose_allocations_were_sampled() => Golden.Matches("diagnose-sampled", Render(Diagnoses.Leak with { Suspects = [Diagnoses.Sampled] }));

    [Fact]
    public void No_leak() => Golden.Matches("diagnose-healthy", Render(Diagnoses.Healthy));

    [Fact]
    public void Too_early() => Golden.Matches("diagnose-too-early", Render(Diagnoses.Short));

    [Fact]
    public void Escape_sequences_of_the_target_never_reach_the_terminal()
    {
        var text = Render(Diagnoses.Leak with { Suspects = [Diagnoses.Hostile] });

        text.ShouldNotContain('\u001b');
        text.ShouldNotContain('\u202e');
        text.ShouldContain("evil?[2J?.cache");
    }

    [Fact]
    public void No_line_is_wider_than_the_terminal_where_words_allow_it() =>
        Render(Diagnoses.Leak, width: 80).Split('\n').ShouldAllBe(line => line.Length <= 80);

    [Fact]
    public void Colour_changes_nothing_but_the_escapes()
    {
        var coloured = Render(Diagnoses.Leak, colour: true);

        coloured.ShouldContain("\u001b[1;31mLEAK\u001b[0m");
        System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", "").ShouldBe(Render(Diagnoses.Leak));
    }

    internal static string Render(Diagnosis diagnosis, int width = 110, bool colour = false)
    {
        var output = new StringWriter { NewLine = "\n" };
        DiagnosisText.Write(new ReportWriter(output, width, colour), diagnosis);
        return output.ToString();
    }
}
