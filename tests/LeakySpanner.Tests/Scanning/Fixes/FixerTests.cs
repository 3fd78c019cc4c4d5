using System.Text;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Fixes;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Fixes;

public sealed class FixerTests
{
    [Fact]
    public void A_sleep_is_awaited_and_asyncio_is_imported_once() =>
        Fixed("""
            "ä"
            from __future__ import annotations
            import time

            async def one():
                time.sleep(1)
                time.sleep(0.5)
            """).ShouldBe("""
            "ä"
            from __future__ import annotations
            import asyncio
            import time

            async def one():
                await asyncio.sleep(1)
                await asyncio.sleep(0.5)
            """);

    [Fact]
    public void An_import_that_is_there_is_used() =>
        Fixed("import asyncio\nfrom time import sleep\n\nasync def one(n):\n    sleep(n * 2)\n")
            .ShouldBe("import asyncio\nfrom time import sleep\n\nasync def one(n):\n    await asyncio.sleep(n * 2)\n");

    [Theory]
    [InlineData("import time\nimport threading\nlock = threading.Lock()\nasync def one():\n    with lock:\n        time.sleep(1)\n")]
    [InlineData("import time\nasyncio = None\nasync def one():\n    time.sleep(1)\n")]
    [InlineData("import time\nasync def one():\n    return [time.sleep(i) for i in range(3)]\n")]
    [InlineData("import time\ndef helper():\n    time.sleep(1)\nasync def one():\n    helper()\n")]
    public void What_is_not_certain_is_left_alone(string source) => Fixed(source).ShouldBe(source);

    [Fact]
    public void A_mended_file_has_nothing_left()
    {
        var before = "import time\nasync def one():\n    time.sleep(1)\n";
        Scans.Of(("a.py", before)).Findings.ShouldHaveSingleItem();

        Scans.Of(("a.py", Fixed(before))).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Edits_that_overlap_wait_for_another_time()
    {
        var finding = Scans.Of(("a.py", "import time\nasync def one():\n    time.sleep(1)\n")).Findings.Single();

        var (text, mended) = Fixer.Apply("0123456789"u8.ToArray(),
        [
            finding with { Edits = [new(2, 4, "x")] },
            finding with { Edits = [new(3, 5, "y"), new(8, 9, "")] },
            finding with { Edits = [new(2, 4, "x"), new(6, 6, "z")] },
            finding with { Edits = [new(9, 11, "outside")] },
        ]);

        Encoding.UTF8.GetString(text).ShouldBe("01x45z6789");
        mended.ShouldBe(2);
    }

    private static string Fixed(string source)
    {
        var bytes = Encoding.UTF8.GetBytes(source.ReplaceLineEndings("\n"));
        var findings = new Scanner(new ScanOptions { Jobs = 1 }).Scan(["a.py"], _ => bytes).Findings;
        return Encoding.UTF8.GetString(Fixer.Apply(bytes, findings).Text);
    }
}
