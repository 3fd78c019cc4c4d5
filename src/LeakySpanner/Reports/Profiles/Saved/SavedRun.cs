using System.Text.Json.Serialization;

namespace LeakySpanner.Reports.Profiles.Saved;

/// <summary>Schema leakyspanner.memory/1: a run's samples as a file, which the flame graph shows (web/src/flame/profile.ts) and `lines` reads.</summary>
/// <param name="Schema">Its name.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Written">When.</param>
/// <param name="Processes">Each that took samples.</param>
internal sealed record SavedRun(string Schema, string Version, DateTimeOffset Written, IReadOnlyList<SavedProcess> Processes)
{
    public const string Name = "leakyspanner.memory/1";
}

/// <param name="Pid">As it knows itself.</param>
/// <param name="Command">Its command line.</param>
/// <param name="Runtime">"CPython 3.11.2".</param>
/// <param name="MeanBytes">Between two samples.</param>
/// <param name="Ended">False where it was written while the process ran.</param>
/// <param name="Notes">What to know of the numbers.</param>
/// <param name="GrowthFrom">Number of the moment from which growth is best counted, null where there is none.</param>
/// <param name="Frames">Each once.</param>
/// <param name="Stacks">Over frames.</param>
/// <param name="Threads">Those that have allocated.</param>
/// <param name="Moments">In the order of time.</param>
/// <param name="Sources">Lines around those of the frames, where they could be read.</param>
internal sealed record SavedProcess(
    int Pid, string Command, string Runtime, long MeanBytes, bool Ended, IReadOnlyList<string> Notes, int? GrowthFrom, IReadOnlyList<SavedFrame> Frames,
    IReadOnlyList<SavedStack> Stacks, IReadOnlyList<SavedThread> Threads, IReadOnlyList<SavedMoment> Moments, IReadOnlyList<SavedSource> Sources);

/// <param name="Function">Or the library, where it is native code.</param>
/// <param name="File">As the code object names it; empty for native code.</param>
/// <param name="Line">From 1; 0 where it is not known.</param>
internal readonly record struct SavedFrame(string Function, string File, int Line);

/// <param name="Frames">Numbers of frames, the outermost first.</param>
/// <param name="Thread">That allocated.</param>
/// <param name="Cut">Frames further out were not kept.</param>
internal sealed record SavedStack(int[] Frames, int Thread, bool Cut);

/// <param name="Id">As the process numbers it.</param>
/// <param name="Name">The kernel's; "" where it is not known.</param>
internal readonly record struct SavedThread(int Id, string Name);

/// <summary>Columns: the stack Stacks[i] held Bytes[i] in Blocks[i], as estimated from Samples[i], with a standard error of Errors[i] bytes.</summary>
/// <param name="Kind">peak, end, asked or regular.</param>
/// <param name="Seconds">Since the process's first sample.</param>
internal sealed record SavedMoment(string Kind, double Seconds, int[] Stacks, long[] Bytes, long[] Blocks, long[] Samples, long[] Errors);

/// <param name="File">As the frames name it.</param>
internal sealed record SavedSource(string File, IReadOnlyList<SavedLine> Lines);

internal readonly record struct SavedLine(int Line, string Text);

// The encoder is the default one, which writes <, > and & as escapes: the same text may stand inside a page.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SavedRun))]
internal sealed partial class SavedRunContext : JsonSerializerContext;
