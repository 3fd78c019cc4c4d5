using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.CPython.Code;
using LeakySpanner.CPython.Code.Tables;
using LeakySpanner.Model.Heap;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Code;

public sealed class UseFinderTests
{
    public static TheoryData<string> Cases => [.. CodeFixture.All.Select(fixture => fixture.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Finds_what_a_person_reads(string name)
    {
        var fixture = CodeFixture.All.Single(one => one.Name == name);
        var found = Find(fixture, fixture.Code);

        // Calls are stated only where a case is about them.
        if (!fixture.Uses.Any(use => use.Contains(" Call ", StringComparison.Ordinal)))
            found = [.. found.Where(use => !use.Contains(" Call ", StringComparison.Ordinal))];
        found.Order().ShouldBe(fixture.Uses.Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Finds_the_same_in_specialised_code(string name)
    {
        var fixture = CodeFixture.All.Single(one => one.Name == name);
        Find(fixture, fixture.Quickened ?? fixture.Code).ShouldBe(Find(fixture, fixture.Code));
    }

    [Fact]
    public void Remembers_nothing_from_one_function_to_the_next()
    {
        foreach (var opcodes in SupportedOpcodes.All)
        {
            var finder = new UseFinder(opcodes, new PathTable());
            var fixtures = CodeFixture.All.Where(fixture => fixture.Opcodes == opcodes).ToList();
            foreach (var fixture in fixtures.Concat(fixtures.AsEnumerable().Reverse()))
                finder.Find(fixture.Body(fixture.Code)).Select(Describe).ShouldBe(Find(fixture, fixture.Code));
        }
    }

    [Fact]
    public void Random_bytes_end_and_do_no_harm()
    {
        var fixture = CodeFixture.All[0];
        foreach (var opcodes in SupportedOpcodes.All)
        {
            var finder = new UseFinder(opcodes, new PathTable());
            Prop.ForAll<byte[], byte[]>((code, lines) =>
            {
                var body = fixture.Body(code) with { LineTable = lines };
                finder.Find(body).Length.ShouldBeLessThanOrEqualTo(4096);
                return true;
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Damaged_code_ends_and_does_no_harm()
    {
        var finders = SupportedOpcodes.All.ToDictionary(opcodes => opcodes, opcodes => new UseFinder(opcodes, new PathTable()));
        var random = new Random(311);
        for (var round = 0; round < 8000; round++)
        {
            var fixture = CodeFixture.All[random.Next(CodeFixture.All.Count)];
            var finder = finders[fixture.Opcodes];
            var code = (byte[])(fixture.Quickened ?? fixture.Code).Clone();
            for (var damage = 0; damage < 4; damage++)
                code[random.Next(code.Length)] = (byte)random.Next(256);
            finder.Find(fixture.Body(code)).Length.ShouldBeLessThanOrEqualTo(4096);
        }
    }

    /// <summary>Jumps to each other without end, more targets than states are kept for.</summary>
    [Fact]
    public void A_maze_of_jumps_ends()
    {
        var code = new byte[200_000];
        for (var unit = 0; unit < code.Length / 2; unit++)
        {
            code[2 * unit] = (byte)(unit % 3 == 0 ? 175 : unit % 3 == 1 ? 114 : 125);
            code[(2 * unit) + 1] = (byte)unit;
        }

        var body = new CodeBody(code, [], [.. Enumerable.Repeat("x", 256)], default, default, 1, _ => null, _ => false);
        new UseFinder(Opcodes311.Table, new PathTable()).Find(body).ShouldBeEmpty();
    }

    private static List<string> Find(CodeFixture fixture, byte[] code)
    {
        var finder = new UseFinder(fixture.Opcodes, new PathTable());
        var found = finder.Find(fixture.Body(code)).Select(Describe).ToList();
        finder.WasCorrupt.ShouldBeFalse();
        return found;
    }

    private static string Describe(CodeUse use) => $"{use.Line} {use.Action} {use.Path} {use.Method}";
}
