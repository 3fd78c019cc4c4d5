using System.Text.Json;
using LeakySpanner.CPython.Code;

namespace LeakySpanner.Tests.CPython.Code;

/// <summary>A function compiled by a real interpreter (tests/fixtures/generate_code_fixtures.py).</summary>
public sealed class CodeFixture
{
    private static readonly Lazy<IReadOnlyList<CodeFixture>> Loaded = new(Load);

    private CodeFixture(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        Code = Bytes(json, "code");
        Quickened = Bytes(json, "quickened");
        LineTable = Bytes(json, "line_table");
        FirstLine = json.GetProperty("first_line").GetInt32();
        Lines = [.. json.GetProperty("lines").EnumerateArray().Select(line => line.GetInt32())];
        Instructions = [.. json.GetProperty("instructions").EnumerateArray().Select(row => (row[0].GetInt32(), row[1].GetByte(), row[2].GetInt32()))];
        Uses = [.. json.GetProperty("uses").EnumerateArray().Select(row => $"{row[0].GetInt32()} {row[1]} {row[2]} {row[3]}")];
        Names = Texts(json, "names");
        Locals = Texts(json, "locals");
        Kinds = Bytes(json, "kinds");
        Integers = [.. json.GetProperty("integers").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetInt32() : (int?)null)];
    }

    public static IReadOnlyList<CodeFixture> All => Loaded.Value;

    public string Name { get; }

    public byte[] Code { get; }

    public byte[] Quickened { get; }

    public byte[] LineTable { get; }

    public int FirstLine { get; }

    public int[] Lines { get; }

    public (int Unit, byte Opcode, int Argument)[] Instructions { get; }

    /// <summary>"3 Add self.cache []=".</summary>
    public string[] Uses { get; }

    public string[] Names { get; }

    public string[] Locals { get; }

    public byte[] Kinds { get; }

    public int?[] Integers { get; }

    public CodeBody Body(byte[] instructions) =>
        new(instructions, Names, Locals, Kinds, LineTable, FirstLine, index => (uint)index < (uint)Integers.Length ? Integers[index] : null);

    public override string ToString() => Name;

    private static List<CodeFixture> Load()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("tests run outside a checkout");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, "tests", "fixtures", "code-3.11.json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(row => new CodeFixture(row))];
    }

    private static byte[] Bytes(JsonElement json, string name) => Convert.FromHexString(json.GetProperty(name).GetString()!);

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
