using Shouldly;

namespace LeakySpanner.LiveTests;

internal static class BalanceSheet
{
    /// <summary>The lines add up to the resident size, and at most a twentieth of it is unexplained.</summary>
    public static void ShouldAddUp(DiagnosisAnswer diagnosis)
    {
        var rss = diagnosis.Process.GetProperty("rss_bytes").GetInt64();
        var unexplained = diagnosis.BalanceOf("unexplained").ShouldNotBeNull(diagnosis.Text);

        // The target goes on running between the two readings, so that a page may lie on either side.
        ((double)diagnosis.BalanceBytes).ShouldBe(rss, rss * 0.05, diagnosis.Text);
        Math.Abs(unexplained).ShouldBeLessThanOrEqualTo(rss / 20, diagnosis.Text);
    }
}
