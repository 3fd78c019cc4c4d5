using System.Text.Json;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>A walk from outside says of known objects exactly what Python says of them from inside: contents, fields, sizes.</summary>
public sealed class WalkTruthTests
{
    [PythonTheory]
    public async Task Contents_and_sizes_are_those_that_the_interpreter_tells(string name)
    {
        using var script = new ScriptProcess(InstalledPython.Named(name), Path.Combine(AppContext.BaseDirectory, "Targets", "known_objects.py"));
        using var truth = JsonDocument.Parse(await script.ReceiveAsync());
        using var target = TargetProcess.Open(script.Pid);
        var graph = new HeapWalker(PythonProcess.Attach(target)).Walk(WalkOptions.Default, TimeSpan.Zero).Graph;
        var nodes = new Dictionary<ulong, NodeId>();
        for (var i = 0; i < graph.NodeCount; i++)
            nodes[graph.Addresses[i]] = new NodeId(i);

        var wrong = truth.RootElement.EnumerateArray().SelectMany(sample => Differences(sample, graph, nodes)).ToArray();

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        truth.RootElement.GetArrayLength().ShouldBeGreaterThan(90);
    }

    private static IEnumerable<string> Differences(JsonElement sample, HeapGraph graph, Dictionary<ulong, NodeId> nodes)
    {
        var name = sample.GetProperty("name").GetString();
        if (!nodes.TryGetValue(sample.GetProperty("id").GetUInt64(), out var node))
        {
            yield return $"{name}: not found";
            yield break;
        }

        var type = graph.TypeOf(node);
        var size = sample.GetProperty("size").GetInt64();
        var beside = sample.GetProperty("beside");

        // getsizeof leaves out the values that stand beside an object: a prefix of 8 bytes and at most 30 values.
        var isSize = beside.ValueKind == JsonValueKind.Null || (beside.GetInt32() == 0
            ? graph.SizeOf(node) == size
            : graph.SizeOf(node) - size is >= 8 + (2 * 8) and <= 40 + (30 * 8));
        if (!isSize)
            yield return $"{name}: {graph.SizeOf(node)} bytes, where Python says {size}";

        foreach (var field in sample.GetProperty("fields").EnumerateObject())
        {
            var held = graph.Field(node, field.Name);
            if (held.IsNone || graph.AddressOf(held).Value != field.Value.GetUInt64())
                yield return $"{name}: field {field.Name} of {type.Name} ({string.Join(' ', type.Fields)}) is not what Python says";
        }

        if (sample.GetProperty("items").ValueKind == JsonValueKind.Null)
            yield break;
        var items = sample.GetProperty("items").EnumerateArray().Select(item => item.GetUInt64()).ToArray();
        var tail = graph.EdgesOf(node)[type.Fields.Length..].ToArray().Select(edge => edge < 0 ? 0 : graph.Addresses[edge]).ToArray();
        var same = sample.GetProperty("ordered").GetBoolean() ? tail.SequenceEqual(items) : tail.Order().SequenceEqual(items.Order());
        if (!same)
            yield return $"{name}: {tail.Length} items of {type.Name}, where Python says {items.Length}";
    }
}
