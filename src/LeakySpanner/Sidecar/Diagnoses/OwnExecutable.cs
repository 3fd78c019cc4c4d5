using System.Diagnostics;

namespace LeakySpanner.Sidecar.Diagnoses;

/// <summary>Starts this program again with other arguments, whether it is a single file or run by `dotnet`.</summary>
internal static class OwnExecutable
{
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? "/proc/self/exe";
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
