using System.Text.Json;
using LeakySpanner.CPython.Code;

namespace LeakySpanner.Tests.CPython.Code;

/// <summary>A function compiled by a real interpreter (tests/fixtures/generate_code_fixtures.py).</summary>
public sealed class CodeFixture
{
    private static readonly Lazy<IReadOnlyList<CodeFixture>> Loaded = new(Load);

    private CodeFixture(string version, JsonElement json)
    {
        Opcodes = SupportedOpcodes.Find(Version.Parse(version))!;
        Name = version + " " + json.GetProperty("name").GetString()!;
        Code = Bytes(json, "code");
        Quickened = Bytes(json, "quickened") is { Length: > 0 } quickened ? quickened : null;
        FirstCell = json.GetProperty("first_cell").GetInt32();
        LineTable = Bytes(json, "line_table");
        FirstLine = json.GetProperty("first_line").GetInt32();
        Lines = [.. json.GetProperty("lines").EnumerateArray().SelectMany(run => Enumerable.Repeat(run[0].GetInt32(), run[1].GetInt32()))];
        Instructions = [.. json.GetProperty("instructions").EnumerateArray().Select(row => (row[0].GetInt32(), row[1].GetByte(), row[2].GetInt32()))];
        Targets = [.. json.GetProperty("instructions").EnumerateArray().Where(row => row.GetArrayLength() > 3).Select(row => (row[0].GetInt32(), row[3].GetInt64()))];
        Slices = [.. json.GetProperty("slices").EnumerateArray().Select(index => index.GetInt32())];
        Uses = [.. json.GetProperty("uses").EnumerateArray().Select(row => $"{row[0].GetInt32()} {row[1]} {row[2]} {row[3]}")];
        Names = Texts(json, "names");
        Locals = Texts(json, "locals");
        Kinds = Bytes(json, "kinds");
        Integers = [.. json.GetProperty("integers").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetInt32() : (int?)null)];
    }

    public static IReadOnlyList<CodeFixture> All => Loaded.Value;

    /// <summary>"3.12 closure".</summary>
    public string Name { get; }

    public OpcodeTable Opcodes { get; }

    public byte[] Code { get; }

    /// <summary>As the interpreter has rewritten it while it ran; null to 3.10.</summary>
    public byte[]? Quickened { get; }

    public byte[] LineTable { get; }

    public int FirstCell { get; }

    public int FirstLine { get; }

    public int[] Lines { get; }

    public (int Unit, byte Opcode, int Argument)[] Instructions { get; }

    public (int Unit, long Target)[] Targets { get; }

    public int[] Slices { get; }

    /// <summary>"3 Add self.cache []=".</summary>
    public string[] Uses { get; }

    public string[] Names { get; }

    public string[] Locals { get; }

    public byte[] Kinds { get; }

    public int?[] Integers { get; }

    public CodeBody Body(byte[] instructions) =>
        new(instructions, Names, Locals, Kinds, LineTable, FirstLine, index => (uint)index < (uint)Integers.Length ? Integers[index] : null, Slices.Contains)
        {
            FirstCell = FirstCell,
        };

    public override string ToString() => Name;

    /// <summary>What each version's interpreter says of its instructions: how many values more there are after it, going on and jumping.</summary>
    public static IEnumerable<(OpcodeTable Opcodes, string Name, (int GoingOn, int Jumping)? Effect)> Effects()
    {
        foreach (var opcodes in SupportedOpcodes.All)
        {
            using var json = Open(opcodes.Version);
            foreach (var effect in json.RootElement.GetProperty("effects").EnumerateObject())
                yield return (opcodes, effect.Name, effect.Value.ValueKind == JsonValueKind.Array ? (effect.Value[0].GetInt32(), effect.Value[1].GetInt32()) : null);
        }
    }

    private static List<CodeFixture> Load()
    {
        var all = new List<CodeFixture>();
        foreach (var opcodes in SupportedOpcodes.All)
        {
            using var json = Open(opcodes.Version);
            all.AddRange(json.RootElement.GetProperty("cases").EnumerateArray().Select(row => new CodeFixture(opcodes.Version.ToString(), row)));
        }

        return all;
    }

    private static JsonDocument Open(Version version)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, "tests", "fixtures", $"code-{version}.json")));
    }

    private static byte[] Bytes(JsonElement json, string name) => Convert.FromHexString(json.GetProperty(name).GetString()!);

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
