using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Web;

namespace LeakySpanner.Reports.Profiles.Saved;

/// <summary>What was sampled, as it is saved.</summary>
internal static class SavedRunBuilder
{
    public static SavedRun Of(IEnumerable<SampledProcess> processes, bool ended, DateTimeOffset time) =>
        new(SavedRun.Name, ProductVersion.Text, time, [.. processes.Select(process => Of(process, ended))]);

    private static SavedProcess Of(SampledProcess process, bool ended)
    {
        var stacks = new StackColumns();
        var kept = process.Moments;
        var moments = kept.Select(moment => Of(moment, stacks)).ToArray();
        var since = process.Growth?.Since;
        var from = since is null ? -1 : kept.ToList().FindIndex(moment => moment.Kind is MomentKind.Asked or MomentKind.Regular && moment.Profile.Time == since);
        var files = stacks.Frames.Where(frame => !frame.IsNative).GroupBy(frame => frame.File, frame => frame.Line);
        return new SavedProcess(
            process.Pid, FrameText.Plain(process.Command), process.Runtime, kept[0].Profile.MeanBytes, ended, [.. RunText.Notes(process)], from < 0 ? null : from,
            [.. stacks.Frames.Select(frame => new SavedFrame(FrameText.Plain(frame.Function), FrameText.Plain(frame.File), frame.Line))],
            stacks.Stacks,
            [.. process.Threads.Select(thread => new SavedThread(thread.Key, FrameText.Plain(thread.Value)))],
            moments,
            SourceExcerpts.Of(files, process.Files.TryReadSource));
    }

    internal static SavedMoment Of(SampledMoment moment, StackColumns columns)
    {
        // Stacks that differ only within a line are one here.
        var held = moment.Profile.Stacks.GroupBy(columns.NumberOf).ToArray();
        return new SavedMoment(
            moment.Kind switch { MomentKind.Peak => "peak", MomentKind.End => "end", MomentKind.Asked => "asked", _ => "regular" },
            Math.Round(moment.Profile.Time.TotalSeconds, 3),
            [.. held.Select(stack => stack.Key)],
            [.. held.Select(stack => (long)Math.Round(stack.Sum(part => part.Bytes)))],
            [.. held.Select(stack => (long)Math.Round(stack.Sum(part => part.Blocks)))],
            [.. held.Select(stack => stack.Sum(part => part.Samples))],
            [.. held.Select(stack => (long)Math.Round(Math.Sqrt(stack.Sum(part => part.Variance))))]);
    }

    /// <summary>Frames and stacks, each once, numbered as they come.</summary>
    internal sealed class StackColumns
    {
        private readonly Dictionary<CallFrame, int> _frames = [];
        private readonly Dictionary<string, int> _stacks = new(StringComparer.Ordinal);

        public List<CallFrame> Frames { get; } = [];

        public List<SavedStack> Stacks { get; } = [];

        public int NumberOf(StackAllocation stack)
        {
            var frames = stack.Frames.Select(NumberOf).ToArray();
            var key = $"{stack.Thread} {stack.IsCut} {string.Join(' ', frames)}";
            if (_stacks.TryGetValue(key, out var number))
                return number;
            Stacks.Add(new SavedStack(frames, stack.Thread, stack.IsCut));
            return _stacks[key] = Stacks.Count - 1;
        }

        private int NumberOf(CallFrame frame)
        {
            if (_frames.TryGetValue(frame, out var number))
                return number;
            Frames.Add(frame);
            return _frames[frame] = Frames.Count - 1;
        }
    }
}
