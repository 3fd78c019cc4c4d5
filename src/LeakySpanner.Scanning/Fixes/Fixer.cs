using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Scanning.Fixes;

/// <summary>Puts the certain changes of findings into the text of their file.</summary>
public static class Fixer
{
    /// <param name="findings">Those of one file. A finding's edits are made all or not at all; the same edit of two findings is made once.</param>
    /// <returns>The new text, and how many findings it mends: one whose edits overlap an earlier one's waits for another scan.</returns>
    public static (byte[] Text, int Mended) Apply(byte[] text, IEnumerable<Finding> findings)
    {
        var accepted = new List<Edit>();
        var mended = 0;
        foreach (var finding in findings.Where(finding => finding.Edits.Count > 0))
        {
            if (!finding.Edits.All(edit => IsInside(edit, text) && accepted.All(other => other == edit || !Overlap(other, edit))))
                continue;
            accepted.AddRange(finding.Edits.Where(edit => !accepted.Contains(edit)));
            mended++;
        }

        var result = new List<byte>(text.Length);
        var at = 0;
        foreach (var edit in accepted.OrderBy(edit => edit.Start).ThenBy(edit => edit.End))
        {
            result.AddRange(text.AsSpan(at, edit.Start - at));
            result.AddRange(System.Text.Encoding.UTF8.GetBytes(edit.Text));
            at = edit.End;
        }

        result.AddRange(text.AsSpan(at));
        return ([.. result], mended);
    }

    private static bool IsInside(Edit edit, byte[] text) => edit.Start >= 0 && edit.Start <= edit.End && edit.End <= text.Length;

    /// <summary>Two insertions at the same place overlap: which comes first would be chance.</summary>
    private static bool Overlap(Edit one, Edit other) => one.Start == other.Start || (one.Start < other.End && other.Start < one.End);
}
