using System.Text;
using LeakySpanner.Scanning.Logs;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Tests.Scanning.Logs;

/// <summary>Logs in tests: as texts, as bytes, or recorded from the real programs under tests/fixtures/logs.</summary>
internal static class LogTexts
{
    public static readonly DateTime Written = new(2026, 11, 21, 18, 0, 0, DateTimeKind.Utc);

    public static LogFacts Read(string text, string name = "app.log", TimeSpan? interval = null) => Read([(name, Encoding.UTF8.GetBytes(text))], interval);

    public static LogFacts Read(IEnumerable<(string Name, byte[] Bytes)> files, TimeSpan? interval = null, TimeSpan offset = default) => LogReader.Read(
        [.. files.Select(file => new LogSource(file.Name, Written, () => new MemoryStream(file.Bytes)))], new LogOptions(offset, interval), null, CancellationToken.None);

    public static LogFacts ReadFixture(params string[] names) => Read(names.Select(name => (name, Fixture(name))));

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(FixtureFolder(), name));

    public static string FixtureFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return Path.Combine(folder.FullName, "tests", "fixtures", "logs");
    }
}
