using System.Text.RegularExpressions;

namespace LeakySpanner.Web.Json;

/// <summary>
/// Command lines without what looks like a secret. ps shows them to users of the machine; these answers also go to whoever has a key, and
/// into tickets.
/// </summary>
internal static partial class CommandSecrets
{
    public static string Hide(string command) => InUrl().Replace(InOption().Replace(command, "${name}***"), "${scheme}***@");

    /// <summary>--db-password X, --token=X, API_KEY=X; up to the next space.</summary>
    [GeneratedRegex(@"(?<name>(?<![^\s\-=])[\w\-]*(?:password|passwd|passphrase|secret|token|credential|api[\-_]?key|access[\-_]?key|private[\-_]?key)s?(?:=|\s+(?!-)))\S+", RegexOptions.IgnoreCase)]
    private static partial Regex InOption();

    /// <summary>postgres://user:password@host</summary>
    [GeneratedRegex(@"(?<scheme>\b[a-z][a-z0-9+.\-]*://)[^\s/@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex InUrl();
}
