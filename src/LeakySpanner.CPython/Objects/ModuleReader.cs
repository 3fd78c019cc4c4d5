using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>A module: its dict is a field; references in the C state of an extension module are found word by word.</summary>
internal sealed class ModuleReader(PythonLayout layout, WalkLimits limits) : ObjectReader
{
    private readonly ModuleLayout _module = layout.Objects.Module;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        foreach (var offset in plan.ScannedOffsets)
            worker.AddScanned(view.Word(offset));
        var (definition, state) = (view.Word(_module.Definition), view.Word(_module.State));
        if (state == 0)
            return;
        ulong size;
        if (_module.StateSize >= 0)
            size = view.Word(_module.StateSize);
        else if (definition == 0 || !worker.Window.TryWord(definition + (ulong)_module.DefinitionStateSize, out size))
            return;
        if ((long)size <= 0)
            return;
        if (worker.Own(state, (long)size))
            worker.AddScannedRange(state, Math.Min((long)size, limits.ModuleStateBytes));
    }
}
