using LeakySpanner.CPython.Code;
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
        Decode(fixture.Code).Select(row => (row.Unit, row.Opcode, row.Argument)).ShouldBe(fixture.Instructions);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Specialised_instructions_decode_as_the_ones_they_replaced(int index)
    {
        var fixture = CodeFixture.All[index];
        fixture.Quickened.ShouldNotBe(fixture.Code);
        Decode(fixture.Quickened).Select(row => (row.Unit, row.Facts, row.Argument))
            .ShouldBe(Decode(fixture.Code).Select(row => (row.Unit, row.Facts, row.Argument)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Lines_are_those_of_co_lines(int index)
    {
        var fixture = CodeFixture.All[index];
        var lines = new int[fixture.Lines.Length];
        LineTable.Decode(fixture.LineTable, fixture.FirstLine, lines);
        lines.ShouldBe(fixture.Lines);
    }

    [Fact]
    public void Stops_at_bytes_that_are_no_instruction()
    {
        var decoder = new InstructionDecoder([9, 0, 255, 0, 9, 0], Opcodes311.Table);
        decoder.MoveNext().ShouldBeTrue();
        decoder.MoveNext().ShouldBeFalse();
        decoder.IsCorrupt.ShouldBeTrue();
    }

    private static List<Instruction> Decode(byte[] code)
    {
        var found = new List<Instruction>();
        var decoder = new InstructionDecoder(code, Opcodes311.Table);
        while (decoder.MoveNext())
            found.Add(decoder.Current);
        decoder.IsCorrupt.ShouldBeFalse();
        return found;
    }
}
