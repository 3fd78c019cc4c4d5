using LeakySpanner.Commands;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Fixes;

namespace LeakySpanner.Sessions.Scanning;

/// <summary>Writes the certain changes of a scan into the files.</summary>
internal static class FixSession
{
    /// <returns>How many findings are mended.</returns>
    /// <exception cref="UsageException">A file cannot be written.</exception>
    public static int Run(ScanResult result)
    {
        var mended = 0;
        foreach (var file in result.Findings.GroupBy(finding => finding.File))
        {
            var (text, count) = Fixer.Apply(file.Key.Tree.Text, file);
            if (count == 0)
                continue;
            try
            {
                if (Write(file.Key.Path, file.Key.Tree.Text, text))
                    mended += count;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{file.Key.Path} cannot be mended: {exception.Message}");
            }
        }

        return mended;
    }

    /// <summary>The whole file or nothing of it; false where somebody has changed it since it was read.</summary>
    private static bool Write(string path, byte[] before, byte[] after)
    {
        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        if (!File.ReadAllBytes(real).AsSpan().SequenceEqual(before))
            return false;
        var beside = $"{real}.{Path.GetRandomFileName()}";
        try
        {
            File.WriteAllBytes(beside, after);
            File.SetUnixFileMode(beside, File.GetUnixFileMode(real));
            File.Move(beside, real, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }

        return true;
    }
}
