using System.ComponentModel;
using System.Diagnostics;
using LeakySpanner.Commands;

namespace LeakySpanner.Reports.Plots;

/// <summary>Where a plot goes. SVG is written as it is; PNG is drawn from it by a program that is made for that, if there is one.</summary>
/// <param name="Path">Ends with .svg or .png.</param>
internal sealed record PlotFile(string Path)
{
    private static readonly (string Program, Func<string, string, string[]> Arguments)[] Painters =
    [
        ("rsvg-convert", (svg, png) => ["--zoom=2", "--output", png, svg]),
        ("inkscape", (svg, png) => ["--export-dpi=192", $"--export-filename={png}", svg]),
        ("magick", (svg, png) => ["-density", "192", svg, png]),
    ];

    private bool IsPng => Path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>Before anything is recorded in vain.</summary>
    /// <exception cref="UsageException">Another ending, no such folder, or nothing that paints.</exception>
    public void Check()
    {
        if (!IsPng && !Path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--plot wants a name that ends with .svg or .png, not {Path}");
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"{folder} does not exist: make it, or say another --plot");
        if (IsPng && Painter() is null)
            throw new UsageException("a PNG is painted by rsvg-convert, inkscape or magick, and none is installed: apt-get install librsvg2-bin, or say --plot with a name that ends with .svg");
    }

    /// <summary>The file is whole or not there.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Write(string svg)
    {
        var beside = $"{Path}.{Environment.ProcessId}";
        var (vector, picture) = (beside + ".svg", beside + ".png");
        try
        {
            File.WriteAllText(vector, svg);
            if (IsPng)
                Paint(vector, picture);
            File.Move(IsPng ? picture : vector, Path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new UsageException($"{Path} cannot be written: {exception.Message}");
        }
        finally
        {
            File.Delete(vector);
            File.Delete(picture);
        }
    }

    private static void Paint(string svg, string png)
    {
        var (program, arguments) = Painter()!.Value;
        using var painting = Process.Start(new ProcessStartInfo(program, arguments(svg, png)) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = painting.StandardError.ReadToEnd();
        painting.WaitForExit();
        if (painting.ExitCode != 0 || !File.Exists(png))
            throw new IOException($"{program} ended with {painting.ExitCode}: {said.Trim()}");
    }

    private static (string Program, Func<string, string, string[]> Arguments)? Painter()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (var painter in Painters)
        {
            if (folders.Any(folder => File.Exists(System.IO.Path.Combine(folder, painter.Program))))
                return painter;
        }

        return null;
    }
}
