using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

/// <summary>Frames of 3.14 and 3.15, whose slots are tagged.</summary>
public sealed class StackReferenceTests
{
    private readonly FakePython _python = new(Python315.Layout) { ImageName = "/usr/bin/python3.15" };

    [Fact]
    public void Tags_are_taken_off_and_null_and_small_integers_are_no_references()
    {
        var code = _python.CodeObject("poll", stackSize: 3, "jobs", "borrowed", "unset");
        var (jobs, borrowed, awaited) = (_python.List([]), _python.Real(3), _python.Real(4));
        var coroutine = _python.Coroutine(
            new Address(code.Value | 1), _python.Function(code, "app.work"), state: 1, stackTop: 5, jobs, new Address(borrowed.Value | 1), new Address(1), awaited, new Address((42 << 2) | 3), _python.Real(9));

        var heap = WalkedHeap.Of(_python);

        heap.Type(coroutine).Name.ShouldBe("coroutine app.work.poll");
        heap.Field(coroutine, "__code__").ShouldBe(code);
        heap.Field(coroutine, "jobs").ShouldBe(jobs);
        heap.Field(coroutine, "borrowed").ShouldBe(borrowed);
        heap.Field(coroutine, "unset").ShouldBe(Address.Null);
        heap.Tail(coroutine).ShouldBe([awaited]);
        heap.Fault(Faults.EdgeToNothing).ShouldBe(0);
        heap.Fault(Faults.FrameInconsistent).ShouldBe(0);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(-1, false)]
    public void A_coroutine_has_its_frame_from_creation_to_the_end_of_its_run(sbyte state, bool has)
    {
        var code = _python.CodeObject("poll", stackSize: 0, "jobs");
        var coroutine = _python.Coroutine(code, _python.Function(code, "app.work"), state, stackTop: 1, _python.Real(1));

        WalkedHeap.Of(_python).Type(coroutine).Name.ShouldBe(has ? "coroutine app.work.poll" : "coroutine");
    }

    [Fact]
    public void A_running_frame_is_found_without_a_C_frame()
    {
        var code = _python.CodeObject("serve", stackSize: 1, "sessions");
        var sessions = _python.Dict();
        var frame = _python.Call(code, _python.Function(code, "app.main"), stackTop: -1, sessions, _python.Real(7));

        var heap = WalkedHeap.Of(_python);

        heap.Type(frame).Name.ShouldBe("frame app.main.serve");
        heap.Field(frame, "sessions").ShouldBe(sessions);
        heap.Tail(frame).ShouldBeEmpty();
    }
}
