using System.Diagnostics;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>`leakyspanner --version` as published, beside an empty program published the same way.</summary>
internal static class StartupBenchmark
{
    private const int Rounds = 30;

    private const string EmptyProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <InvariantGlobalization>true</InvariantGlobalization>
            <SelfContained>true</SelfContained>
            <PublishSingleFile>true</PublishSingleFile>
            <PublishTrimmed>true</PublishTrimmed>
            <PublishReadyToRun>true</PublishReadyToRun>
          </PropertyGroup>
        </Project>
        """;

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("empty-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "empty.csproj"), EmptyProject);
            File.WriteAllText(Path.Combine(folder.FullName, "Program.cs"), "System.Console.WriteLine(\"0\");");
            Time("dotnet", "publish", folder.FullName, "-c", "Release", "-r", "linux-x64", "-o", Path.Combine(folder.FullName, "out"), "--nologo", "-v", "quiet");
            var empty = Path.Combine(folder.FullName, "out", "empty");
            var ours = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");

            var (emptyTimes, ourTimes) = (new List<double>(), new List<double>());
            for (var i = 0; i <= Rounds; i++)
            {
                var (first, second) = (Time(empty), Time(ours, "--version"));
                if (i == 0)
                    continue;
                emptyTimes.Add(first);
                ourTimes.Add(second);
            }

            Console.WriteLine($"startup: leakyspanner --version {F(Median(ourTimes), "0")} ms (median of {Rounds}; fastest {F(ourTimes.Min(), "0")}), {new FileInfo(ours).Length >> 20} MB; "
                + $"empty program {F(Median(emptyTimes), "0")} ms (fastest {F(emptyTimes.Min(), "0")}), {new FileInfo(empty).Length >> 20} MB; asked: 100 ms");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Milliseconds from start to end of a process.</summary>
    private static double Time(string file, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? watch.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{file} ended with {process.ExitCode}");
    }
}
