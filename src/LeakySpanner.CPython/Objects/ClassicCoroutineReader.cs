using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// Generators, coroutines and asynchronous generators to 3.10: they refer to their frame, which holds the locals. Once they have ended there is
/// none. They know the qualified name that their code does not.
/// </summary>
internal sealed class ClassicCoroutineReader(PythonLayout layout) : ObjectReader
{
    private readonly CoroutineLayout _coroutine = layout.Coroutine;

    public override EdgeTail Tail => EdgeTail.None;

    public override TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) =>
        view.Word(_coroutine.Frame) is not 0 and var frame && worker.Discovery.TryWord(frame + (ulong)layout.Frame.Globals, out var globals)
            && worker.Plans.ForCode(plan, view.Word(_coroutine.Code), globals, -1, worker, view.Word(_coroutine.QualifiedName)) is { } own ? own : plan;
}
