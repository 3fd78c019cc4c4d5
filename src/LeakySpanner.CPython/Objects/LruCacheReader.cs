using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>functools.lru_cache's wrapper: its dict holds the entries, and it knows how many it allows itself.</summary>
internal sealed class LruCacheReader(PythonLayout layout) : ObjectReader
{
    private const int CacheField = 72;

    public override EdgeTail Tail => EdgeTail.None;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        // The wrapper takes -1 for "no bound"; the dict is the container that a census sees growing.
        if (view.Int64(layout.Objects.LruCache.LargestSize) is not (>= 0 and var bound))
            return;
        worker.SetBound(bound);
        worker.SetBoundOf(view.Word(CacheField), bound);
    }
}
