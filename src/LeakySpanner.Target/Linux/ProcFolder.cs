using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>Folders of /proc, whose entries come and go while they are listed.</summary>
internal static class ProcFolder
{
    /// <summary>Names that are numbers (pids, tids, descriptors), in no order; empty if the folder cannot be listed.</summary>
    public static List<int> Numbers(string folder, int limit)
    {
        var numbers = new List<int>();
        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (int.TryParse(Path.GetFileName(entry.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    numbers.Add(number);
                if (numbers.Count == limit)
                    break;
            }
        }
        catch (IOException)
        {
            // Vanished while listed: what was seen stands.
        }
        catch (UnauthorizedAccessException)
        {
            // Not ours to see.
        }

        return numbers;
    }

    /// <summary>Null if it vanished, is denied or is no link.</summary>
    public static string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
