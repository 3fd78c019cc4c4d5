using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

public sealed class FrameTests
{
    private readonly FakePython _python = new();

    [Fact]
    public void A_suspended_coroutine_names_its_locals_and_not_its_stack()
    {
        var code = _python.CodeObject("poll", stackSize: 2, "jobs", "wait");
        var (jobs, awaited) = (_python.List([]), _python.Real(3));
        var coroutine = _python.Coroutine(code, _python.Function(code, "app.work"), state: -1, stackTop: 3, jobs, Address.Null, awaited, _python.Real(9));

        var heap = WalkedHeap.Of(_python);

        heap.Type(coroutine).Name.ShouldBe("coroutine app.work.poll");
        heap.Type(coroutine).Kind.ShouldBe(ObjectKind.Coroutine);
        heap.Field(coroutine, "jobs").ShouldBe(jobs);
        heap.Field(coroutine, "wait").ShouldBe(Address.Null);
        heap.Field(coroutine, "__code__").ShouldBe(code);
        heap.Tail(coroutine).ShouldBe([awaited]);
        heap.Size(coroutine).ShouldBe(16 + 80 + 72 + (4 * 8));
    }

    [Fact]
    public void A_coroutine_that_has_ended_holds_none_of_its_old_locals()
    {
        var code = _python.CodeObject("poll", stackSize: 0, "jobs");
        var coroutine = _python.Coroutine(code, _python.Function(code, "app.work"), state: 1, stackTop: 1, _python.Real(1));

        var heap = WalkedHeap.Of(_python);

        heap.Type(coroutine).Name.ShouldBe("coroutine");
        heap.Tail(coroutine).ShouldBeEmpty();
    }

    [Fact]
    public void A_running_frame_is_a_root_with_named_locals()
    {
        var code = _python.CodeObject("serve", stackSize: 1, "sessions");
        var sessions = _python.Dict();
        var frame = _python.Call(code, _python.Function(code, "app.main"), stackTop: -1, sessions, _python.Real(7));

        var heap = WalkedHeap.Of(_python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.Thread, "main thread", heap.Node(frame)));
        heap.Type(frame).Name.ShouldBe("frame app.main.serve");
        heap.Field(frame, "sessions").ShouldBe(sessions);
        heap.Tail(frame).ShouldBeEmpty();
    }

    [Fact]
    public void The_frame_of_a_running_coroutine_is_the_coroutine()
    {
        var code = _python.CodeObject("poll", stackSize: 0, "jobs");
        var coroutine = _python.Coroutine(code, _python.Function(code, "app.work"), state: 0, stackTop: -1, _python.Real(1));
        _python.Run(coroutine + _python.Layout.Coroutine.Frame);

        var heap = WalkedHeap.Of(_python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.Thread, "main thread", heap.Node(coroutine)));
    }

    [Fact]
    public void A_chain_of_frames_that_bites_its_tail_ends_where_it_does()
    {
        var code = _python.CodeObject("serve", stackSize: 0);
        var frame = _python.Call(code, _python.Function(code, "app.main"), stackTop: -1);
        _python.Memory.Write(frame + _python.Layout.Frame.Previous, frame);

        var heap = WalkedHeap.Of(_python, new WalkOptions(Workers: 1, Limits: new WalkLimits { FramesPerThread = 10 }));

        heap.Fault(Faults.FrameInconsistent).ShouldBe(1);
        heap.Graph.Roots.Count(root => root.Kind == RootKind.Thread).ShouldBe(1);
    }

    [Fact]
    public void A_code_object_of_absurd_size_gives_a_coroutine_without_locals()
    {
        var code = _python.CodeObject("poll", stackSize: int.MaxValue, "jobs");
        var coroutine = _python.Coroutine(code, _python.Function(code, "app"), state: -1, stackTop: 1, _python.Real(1));

        var heap = WalkedHeap.Of(_python);

        heap.Type(coroutine).Name.ShouldBe("coroutine");
        heap.Fault(Faults.FrameInconsistent).ShouldBe(1);
    }
}
