using System.IO.Compression;
using System.Text;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports.Profiles;

/// <summary>
/// A gzipped profile.proto (github.com/google/pprof, proto/profile.proto), as `go tool pprof`, Pyroscope and Parca read it. A sample has four values:
/// bytes and blocks at the peak, bytes and blocks now, under the names of Go's heap profiles.
/// </summary>
internal static class PprofProfile
{
    public static void Write(Stream stream, AllocationProfile peak, AllocationProfile live, DateTimeOffset time)
    {
        var texts = new List<string> { "" };
        var textIndex = new Dictionary<string, long>(StringComparer.Ordinal) { [""] = 0 };
        var functions = new Dictionary<(string Name, string File), ulong>();
        var locations = new Dictionary<CallFrame, ulong>();
        var profile = new ProtoWriter();

        ReadOnlySpan<(string Type, string Unit)> types = [("peak_objects", "count"), ("peak_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")];
        foreach (var (type, unit) in types)
            profile.Message(1, ValueType(Text(type), Text(unit)));
        foreach (var (frames, values) in Samples(peak, live))
        {
            var sample = new ProtoWriter();
            // The innermost first.
            sample.Packed(1, frames.Reverse().Select(Location));
            sample.Packed(2, values.Select(value => (ulong)Math.Round(value)));
            profile.Message(2, sample);
        }

        foreach (var (frame, id) in locations)
        {
            var line = new ProtoWriter();
            line.Number(1, functions[(frame.Function, frame.File)]);
            line.Number(2, (ulong)Math.Max(0, frame.Line));
            var location = new ProtoWriter();
            location.Number(1, id);
            location.Message(4, line);
            profile.Message(4, location);
        }

        foreach (var ((name, file), id) in functions)
        {
            var function = new ProtoWriter();
            function.Number(1, id);
            function.Number(2, (ulong)Text(name));
            function.Number(3, (ulong)Text(name));
            function.Number(4, (ulong)Text(file));
            profile.Message(5, function);
        }

        var period = ValueType(Text("space"), Text("bytes"));
        var shown = (ulong)Text("inuse_space");
        foreach (var text in texts)
            profile.Bytes(6, Encoding.UTF8.GetBytes(text));
        profile.Number(9, (ulong)time.ToUnixTimeMilliseconds() * 1_000_000);
        profile.Message(11, period);
        profile.Number(12, (ulong)live.MeanBytes);
        profile.Number(14, shown);
        using var packed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        packed.Write(profile.Written);

        long Text(string text)
        {
            if (!textIndex.TryGetValue(text, out var index))
            {
                textIndex[text] = index = texts.Count;
                texts.Add(text);
            }

            return index;
        }

        ulong Location(CallFrame frame)
        {
            if (locations.TryGetValue(frame, out var id))
                return id;
            functions.TryAdd((frame.Function, frame.File), (ulong)functions.Count + 1);
            return locations[frame] = (ulong)locations.Count + 1;
        }
    }

    /// <summary>The same stack at both moments is one sample.</summary>
    private static Dictionary<string, (IReadOnlyList<CallFrame> Frames, double[] Values)>.ValueCollection Samples(AllocationProfile peak, AllocationProfile live)
    {
        var merged = new Dictionary<string, (IReadOnlyList<CallFrame> Frames, double[] Values)>(StringComparer.Ordinal);
        foreach (var (profile, at) in ((AllocationProfile, int)[])[(peak, 0), (live, 2)])
        {
            foreach (var stack in profile.Stacks)
            {
                IReadOnlyList<CallFrame> frames = stack.Frames.IsEmpty ? [new CallFrame(FrameText.NoPython, "", 0)] : stack.Frames;
                var key = string.Join('\n', frames.Select(FrameText.Of));
                if (!merged.TryGetValue(key, out var sample))
                    merged[key] = sample = (frames, new double[4]);
                sample.Values[at] += stack.Blocks;
                sample.Values[at + 1] += stack.Bytes;
            }
        }

        return merged.Values;
    }

    private static ProtoWriter ValueType(long type, long unit)
    {
        var value = new ProtoWriter();
        value.Number(1, (ulong)type);
        value.Number(2, (ulong)unit);
        return value;
    }
}
