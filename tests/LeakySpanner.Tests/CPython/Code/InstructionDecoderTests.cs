using LeakySpanner.CPython.Code;
using LeakySpanner.CPython.Code.Tables;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Code;

public sealed class InstructionDecoderTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, CodeFixture.All.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decodes_what_dis_decodes(int index)
    {
        var fixture = CodeFixture.All[index];
        Decode(fixture, fixture.Code).Select(row => (row.Unit, row.Opcode, row.Argument)).ShouldBe(fixture.Instructions);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Jumps_go_where_dis_says(int index)
    {
        var fixture = CodeFixture.All[index];
        Decode(fixture, fixture.Code).Where(row => row.Jumps).Select(row => (row.Unit, row.Target)).ShouldBe(fixture.Targets);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Specialised_instructions_decode_as_the_ones_they_replaced(int index)
    {
        var fixture = CodeFixture.All[index];
        (fixture.Quickened is not null).ShouldBe(fixture.Opcodes.Version >= new Version(3, 11));
        Decode(fixture, fixture.Quickened ?? fixture.Code).Select(row => (row.Unit, row.Facts, row.Argument))
            .ShouldBe(Decode(fixture, fixture.Code).Select(row => (row.Unit, row.Facts, row.Argument)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Lines_are_those_of_co_lines(int index)
    {
        var fixture = CodeFixture.All[index];
        var lines = new int[fixture.Lines.Length];
        LineTable.Decode(fixture.Opcodes.Lines, fixture.LineTable, fixture.FirstLine, lines);
        lines.ShouldBe(fixture.Lines);
    }

    /// <summary>
    /// What the table says an instruction takes and leaves, where that is fixed, is what the interpreter says. PRECALL apart: that counts what
    /// is taken by the CALL after it.
    /// </summary>
    [Fact]
    public void Effects_on_the_stack_are_those_of_the_interpreter()
    {
        var stated = new List<string>();
        var known = new List<string>();
        foreach (var (opcodes, name, effect) in CodeFixture.Effects())
        {
            if (name == "PRECALL" || effect is not { } truth || opcodes.Instructions.FirstOrDefault(row => row.Name == name) is not { } row)
                continue;
            var facts = opcodes[row.Number];
            if (facts.Operation != Operation.Opaque)
                continue;
            stated.Add($"{opcodes.Version} {name} {facts.Pushes - facts.Pops}");
            known.Add($"{opcodes.Version} {name} {truth.GoingOn}");
        }

        stated.ShouldBe(known);
        stated.Count.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Every_instruction_of_every_version_has_a_meaning()
    {
        var unknown = CodeFixture.Effects()
            .Where(row => !row.Name.StartsWith("INSTRUMENTED_", StringComparison.Ordinal) && !NotInCode.Contains(row.Name))
            .Where(row => row.Opcodes.Instructions.FirstOrDefault(known => known.Name == row.Name) is not { } known || row.Opcodes[known.Number].Operation == Operation.Invalid)
            .Select(row => $"{row.Opcodes.Version} {row.Name}");
        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void A_number_stands_for_one_instruction_only()
    {
        foreach (var opcodes in SupportedOpcodes.All)
            opcodes.Instructions.SelectMany(row => row.Specialised.Append(row.Number)).ShouldBeUnique();
    }

    /// <summary>Under a debugger or a profiler since 3.12.</summary>
    [Fact]
    public void Instrumented_instructions_are_the_ones_they_replaced()
    {
        foreach (var opcodes in SupportedOpcodes.All.Where(table => table.Version >= new Version(3, 12)))
        {
            foreach (var name in (string[])["CALL", "RETURN_VALUE", "FOR_ITER", "POP_JUMP_IF_FALSE"])
            {
                var row = opcodes.Instructions.Single(known => known.Name == name);
                row.Specialised.ShouldContain(form => form > 200);
                row.Specialised.ShouldAllBe(form => opcodes[form] == opcodes[row.Number]);
            }
        }
    }

    /// <summary>Notes of the interpreter, and what it runs in a place of its own.</summary>
    private static readonly string[] NotInCode = ["CACHE", "RESERVED", "TRACE_RECORD"];

    [Fact]
    public void Stops_at_bytes_that_are_no_instruction()
    {
        var decoder = new InstructionDecoder([9, 0, 255, 0, 9, 0], Opcodes311.Table);
        decoder.MoveNext().ShouldBeTrue();
        decoder.MoveNext().ShouldBeFalse();
        decoder.IsCorrupt.ShouldBeTrue();
    }

    private static List<Instruction> Decode(CodeFixture fixture, byte[] code)
    {
        var found = new List<Instruction>();
        var decoder = new InstructionDecoder(code, fixture.Opcodes);
        while (decoder.MoveNext())
            found.Add(decoder.Current);
        decoder.IsCorrupt.ShouldBeFalse();
        return found;
    }
}
