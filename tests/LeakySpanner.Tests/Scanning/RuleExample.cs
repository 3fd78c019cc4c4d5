using Xunit.Abstractions;

namespace LeakySpanner.Tests.Scanning;

/// <summary>
/// Examples of tests/fixtures/scan: a file per rule, sections that begin with "#: wrong: title" or "#: right: title", what stands before the first one
/// before each of them. "#: file name" begins another file of the same project (then nothing stands before it). "# &lt;-" marks the line that is to be told.
/// </summary>
public sealed class RuleExample : IXunitSerializable
{
    public string Rule { get; private set; } = "";

    public string Title { get; private set; } = "";

    public bool IsWrong { get; private set; }

    public IReadOnlyDictionary<string, string> Files { get; private set; } = new Dictionary<string, string>();

    public static IEnumerable<RuleExample> All() => Directory.GetFiles(Folder(), "*.py").Order(StringComparer.Ordinal).SelectMany(Read);

    public static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return Path.Combine(folder.FullName, "tests", "fixtures", "scan");
    }

    public void Deserialize(IXunitSerializationInfo info)
    {
        var (rule, title, wrong) = (info.GetValue<string>("rule"), info.GetValue<string>("title"), info.GetValue<bool>("wrong"));
        var known = Read(Path.Combine(Folder(), rule + ".py")).Single(example => example.Title == title && example.IsWrong == wrong);
        (Rule, Title, IsWrong, Files) = (known.Rule, known.Title, known.IsWrong, known.Files);
    }

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue("rule", Rule);
        info.AddValue("title", Title);
        info.AddValue("wrong", IsWrong);
    }

    public override string ToString() => $"{Rule} {(IsWrong ? "wrong" : "right")}: {Title}";

    private static IEnumerable<RuleExample> Read(string path)
    {
        var parts = ("\n" + File.ReadAllText(path)).Split("\n#: ");
        var before = parts[0];
        RuleExample? current = null;
        foreach (var part in parts.Skip(1))
        {
            var (head, body) = (part.Split('\n')[0].Trim(), part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..] + "\n");
            if (head.StartsWith("file ", StringComparison.Ordinal))
            {
                var files = new Dictionary<string, string>(current!.Files) { [head[5..]] = body };
                files.Remove("main.py", out var only);
                if (only is not null && (only.Trim() != before.Trim() || head == "file main.py"))
                    files["main.py"] = head == "file main.py" ? body : only;
                current.Files = files;
                continue;
            }

            if (current is not null)
                yield return current;
            current = new RuleExample
            {
                Rule = Path.GetFileNameWithoutExtension(path),
                Title = head[(head.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(),
                IsWrong = head.StartsWith("wrong:", StringComparison.Ordinal),
                Files = new Dictionary<string, string> { ["main.py"] = before + "\n" + body },
            };
        }

        if (current is not null)
            yield return current;
    }
}
