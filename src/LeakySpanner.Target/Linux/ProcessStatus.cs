using System.Globalization;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>What is used of /proc/PID/status (proc_pid_status(5)). Sizes are the kernel's, in whole KiB.</summary>
/// <param name="Rss">VmRSS: all resident memory.</param>
/// <param name="Anonymous">RssAnon.</param>
/// <param name="File">RssFile: resident pages of mapped files.</param>
/// <param name="Shared">RssShmem: resident pages of shared memory.</param>
/// <param name="Peak">VmHWM: the largest VmRSS so far.</param>
/// <param name="Swapped">VmSwap.</param>
/// <param name="Virtual">VmSize.</param>
/// <param name="Threads">Threads.</param>
/// <param name="TracerPid">Who traces it (a debugger), 0 for nobody.</param>
public readonly record struct ProcessStatus(
    ByteSize Rss,
    ByteSize Anonymous,
    ByteSize File,
    ByteSize Shared,
    ByteSize Peak,
    ByteSize Swapped,
    ByteSize Virtual,
    int Threads,
    int TracerPid)
{
    /// <summary>The real uid.</summary>
    public uint User { get; init; }

    /// <summary>Its pid in the innermost pid namespace that it is in: what it takes itself for. 0 where the kernel (before 4.1) does not tell.</summary>
    public int InnermostPid { get; init; }

    /// <summary>Fields that a kernel does not write stay 0; a text without VmRSS (zombie, kernel thread) is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ProcessStatus status)
    {
        status = default;
        var seen = false;
        foreach (var line in text.EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon < 0)
                continue;
            var number = Number(line[(colon + 1)..]);
            var size = new ByteSize(Math.Min(number, long.MaxValue / ByteSize.KB) * ByteSize.KB);
            switch (line[..colon])
            {
                case "VmRSS":
                    status = status with { Rss = size };
                    seen = true;
                    break;
                case "RssAnon": status = status with { Anonymous = size }; break;
                case "RssFile": status = status with { File = size }; break;
                case "RssShmem": status = status with { Shared = size }; break;
                case "VmHWM": status = status with { Peak = size }; break;
                case "VmSwap": status = status with { Swapped = size }; break;
                case "VmSize": status = status with { Virtual = size }; break;
                case "Threads": status = status with { Threads = (int)Math.Min(number, int.MaxValue) }; break;
                case "Uid": status = status with { User = (uint)Math.Min(number, uint.MaxValue) }; break;
                case "TracerPid": status = status with { TracerPid = (int)Math.Min(number, int.MaxValue) }; break;
                case "NSpid": status = status with { InnermostPid = (int)Math.Min(LastNumber(line[(colon + 1)..]), int.MaxValue) }; break;
                default: break;
            }
        }

        return seen;
    }

    /// <summary>Pids are told from the namespace of /proc inwards.</summary>
    private static long LastNumber(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        return Number(value[(value.LastIndexOfAny('\t', ' ') + 1)..]);
    }

    private static long Number(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        var end = value.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
