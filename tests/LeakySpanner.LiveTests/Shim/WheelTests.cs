using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>The wheel that `make wheel` left in dist/: installed where there is no network and no .NET, it is complete.</summary>
[Collection(WatchedServices.Name)]
public sealed partial class WheelTests
{
    private static readonly string Version = typeof(Tool).Assembly.GetName().Version!.ToString(3);

    [WheelFact]
    public async Task Installed_into_a_clean_environment_it_watches_a_service_and_can_be_removed()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-wheel-").FullName;
        try
        {
            var environment = Path.Combine(folder, "venv");
            var bin = Path.Combine(environment, "bin");
            await RunAsync(folder, PythonService.Interpreter, "-m", "venv", environment);
            var before = Files(environment);
            await RunAsync(folder, Path.Combine(bin, "pip"), "install", "--no-index", "--no-deps", "--quiet", Wheel());

            (await RunAsync(folder, Path.Combine(bin, "leakyspanner"), "--version")).Trim().ShouldBe(Version);
            (await RunAsync(folder, Path.Combine(bin, "python"), "-c", "import leakyspanner; print(leakyspanner.__version__, leakyspanner.__file__)"))
                .ShouldStartWith($"{Version} {environment}/lib/");
            (await RunAsync(folder, Path.Combine(bin, "pip"), "show", "leakyspanner")).ShouldContain($"Version: {Version}");
            await WatchAsync(folder, bin);

            await RunAsync(folder, Path.Combine(bin, "pip"), "uninstall", "--yes", "--quiet", "leakyspanner");
            Files(environment).Except(before).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>RECORD names every file with its digest, which is what installers and auditors go by.</summary>
    [WheelFact]
    public void Its_record_is_right()
    {
        using var archive = ZipFile.OpenRead(Wheel());
        var entries = archive.Entries.ToDictionary(entry => entry.FullName, Digest, StringComparer.Ordinal);
        var record = entries.Keys.Single(name => name.EndsWith(".dist-info/RECORD", StringComparison.Ordinal));
        using var lines = new StreamReader(archive.GetEntry(record)!.Open());

        var stated = lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

        stated.ShouldBe(entries.Select(entry => entry.Key == record ? $"{record},," : $"{entry.Key},{entry.Value}").Order(StringComparer.Ordinal));
        entries.Keys.ShouldContain("leakyspanner/__init__.py");
        entries.Keys.ShouldContain("leakyspanner/py.typed");
        entries.Keys.ShouldNotContain(name => name.Contains("tests", StringComparison.Ordinal) || name.EndsWith(".pyc", StringComparison.Ordinal));
        archive.Entries.Single(entry => entry.FullName.EndsWith(".data/scripts/leakyspanner", StringComparison.Ordinal))
            .ExternalAttributes.ShouldBe(Convert.ToInt32("100755", 8) << 16);
    }

    [WheelFact]
    public async Task The_same_input_makes_the_same_wheel()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-wheel-").FullName;
        try
        {
            var executable = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");
            var made = new List<byte[]>();
            foreach (var name in new[] { "first", "second" })
            {
                await RunAsync(folder, Path.Combine(Checkout.Root, "scripts", "wheel"), executable, Path.Combine(folder, name));
                made.Add(await File.ReadAllBytesAsync(Directory.GetFiles(Path.Combine(folder, name)).ShouldHaveSingleItem()));
            }

            made[0].AsSpan().SequenceEqual(made[1]).ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The application starts the sidecar that was installed with it, without being told where it is.</summary>
    private static async Task WatchAsync(string folder, string bin)
    {
        var logs = Path.Combine(folder, "logs");
        await using var app = Start(folder, Path.Combine(bin, "python"), [Path.Combine(Watched.Folder, "bare_asgi.py")],
            $"LEAKYSPANNER_LOG_PATH={logs}", "LEAKYSPANNER_METRICS_PORT=0", "PYTHONDONTWRITEBYTECODE=1");
        var line = await app.WaitForLineAsync(Serving(), WatchedService.Bound);
        var port = int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture);
        string Said() => $"{app.StandardOutput}\n{app.StandardError}";
        using (var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") })
        {
            for (var i = 0; i < 10; i++)
                (await client.GetStringAsync($"item/{i}")).ShouldBe($"/item/{i}");
        }

        var sidecar = await Eventually.GetAsync(
            async () => SidecarProcess.WithLogsIn(logs) is [var only] && (await only.RequestsAsync()).GetValueOrDefault("GET *") == 10 ? only : null,
            WatchedService.Bound, () => $"10 requests\n{Said()}");
        new FileInfo($"/proc/{sidecar.Pid}/exe").LinkTarget.ShouldBe(Path.Combine(bin, "leakyspanner"));

        app.Signal("TERM");
        (await app.WaitForExitAsync(WatchedService.Bound)).ShouldBe(0, Said());
        await Eventually.BecomesTrueAsync(() => !Processes.Lives(sidecar.Pid), WatchedService.Bound, Said);
        (await File.ReadAllTextAsync(Directory.GetFiles(logs).ShouldHaveSingleItem())).ShouldContain("LEAKYSPANNER SESSION SUMMARY");
    }

    /// <summary>With nothing in the environment but what is said: no PATH on which .NET or another Python could be found.</summary>
    private static ChildProcess Start(string folder, string file, string[] arguments, params string[] environment) => ChildProcess.Start(
        "/usr/bin/env", ["-i", $"HOME={folder}", "PATH=/nowhere", "SOURCE_DATE_EPOCH=1700000000", .. environment, file, .. arguments], folder);

    private static async Task<string> RunAsync(string folder, string file, params string[] arguments)
    {
        await using var process = Start(folder, file, arguments);
        var code = await process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        code.ShouldBe(0, $"{file} {string.Join(' ', arguments)}\n{process.StandardOutput}\n{process.StandardError}");
        return process.StandardOutput;
    }

    private static string Wheel() => Directory.GetFiles(Path.Combine(Checkout.Root, "dist"), $"leakyspanner-{Version}-*.whl").ShouldHaveSingleItem();

    private static IReadOnlyList<string> Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".pyc", StringComparison.Ordinal))];

    private static string Digest(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return $"sha256={Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_')},{entry.Length}";
    }

    [GeneratedRegex(@"serving on port (?<port>\d+)")]
    private static partial Regex Serving();
}

/// <summary>Runs where `make wheel` has been. In CI it has to.</summary>
internal sealed class WheelFactAttribute : FactAttribute
{
    public WheelFactAttribute() => Skip = LiveParts.SkipReason
        ?? (LiveParts.IsCi || Directory.Exists(Path.Combine(Checkout.Root, "dist")) ? null : "missing: dist/ (`make wheel`)");
}
