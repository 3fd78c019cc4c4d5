using System.Text;

namespace LeakySpanner.Target.Linux;

/// <summary>A line of /proc/PID/mountinfo.</summary>
/// <param name="Root">The folder of the mounted file system that shows at the mount point.</param>
/// <param name="Point">Where it is mounted.</param>
/// <param name="FileSystem">"cgroup2", "ext4".</param>
/// <param name="Options">Of the superblock; for cgroup v1 they name the controllers.</param>
internal readonly record struct Mount(string Root, string Point, string FileSystem, string Options)
{
    public bool HasOption(string option) => Options.Split(',').Contains(option);

    public static List<Mount> Parse(string text)
    {
        var mounts = new List<Mount>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ');
            var separator = Array.IndexOf(words, "-");
            if (separator < 6 || words.Length < separator + 4 || mounts.Count == ProcLimits.MaxMounts)
                continue;
            mounts.Add(new Mount(Unescape(words[3]), Unescape(words[4]), words[separator + 1], words[separator + 3]));
        }

        return mounts;
    }

    /// <summary>Space, tab, newline and backslash are written in octal.</summary>
    private static string Unescape(string word) =>
        word.Contains('\\', StringComparison.Ordinal)
            ? new StringBuilder(word).Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\").ToString()
            : word;
}
