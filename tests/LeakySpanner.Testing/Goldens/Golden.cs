namespace LeakySpanner.Testing.Goldens;

/// <summary>
/// What a person reads, kept as files under tests/goldens and named by the command that prints it. Set UPDATE_GOLDENS=1 to
/// write them anew, and read the difference before it is committed.
/// </summary>
public static class Golden
{
    public static void Matches(string name, string actual)
    {
        var file = Path.Combine(Folder(), name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(file, actual);
            return;
        }

        if (!File.Exists(file))
            throw new GoldenMismatchException($"tests/goldens/{name}.txt does not exist; run the test with UPDATE_GOLDENS=1 and read it");
        var expected = File.ReadAllText(file).Split('\n');
        var lines = actual.Split('\n');
        for (var i = 0; i < Math.Max(expected.Length, lines.Length); i++)
        {
            var wanted = i < expected.Length ? expected[i] : "(end)";
            var got = i < lines.Length ? lines[i] : "(end)";
            if (wanted != got)
                throw new GoldenMismatchException($"tests/goldens/{name}.txt line {i + 1}\n  wanted: {wanted}\n  got:    {got}\nall of it:\n{actual}");
        }
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return Path.Combine(folder.FullName, "tests", "goldens");
    }
}

/// <summary>A report is not what its golden says.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
