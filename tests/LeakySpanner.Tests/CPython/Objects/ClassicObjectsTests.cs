using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Objects;

/// <summary>What CPython to 3.10 keeps in its own way, in each of its layouts.</summary>
public sealed class ClassicObjectsTests
{
    public static readonly TheoryData<int> Minors = [8, 9, 10];

    /// <summary>Minor, slots, known to its code.</summary>
    public static readonly TheoryData<int, int, bool> SpareFrames = new()
    {
        { 8, 4, true },
        { 9, 4, true },
        { 10, 4, true },
        { 8, 4, false },
        { 9, 4, false },
        { 10, 4, false },
        { 8, 60, true },
        { 9, 60, true },
        { 10, 60, true },
    };

    [Theory]
    [MemberData(nameof(Minors))]
    public void Values_apart_from_their_keys_take_their_names_by_position(int minor)
    {
        var python = Fake(minor);
        var keys = python.Keys(2, (python.Interned("name"), Address.Null), (python.Interned("age"), Address.Null));
        var value = python.Real(30);
        var dict = python.ClassicSplitDict(keys, Address.Null, value);

        var heap = WalkedHeap.Of(python);

        heap.Tail(dict).ShouldBe([python.Interned("age"), value]);
        heap.Size(dict).ShouldBe(16 + 48 + (5 * 8));
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_table_of_slots_gives_pairs_and_leaves_out_what_was_deleted(int minor)
    {
        var python = Fake(minor);
        var (key, value) = (python.Text("a"), python.Real(1));
        var dict = python.Dict((key, value), (python.Text("b"), Address.Null));

        var heap = WalkedHeap.Of(python);

        heap.Tail(dict).ShouldBe([key, value]);
        heap.Size(dict).ShouldBe(16 + 48 + 40 + 8 + (5 * 24));
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_table_that_contradicts_itself_gives_no_edges(int minor)
    {
        var python = Fake(minor);
        var dict = python.Dict((python.Text("a"), python.Real(1)));
        python.Memory.WriteUInt32(KeysOf(python, dict) + python.Layout.Dict.KeysSlots, 7);

        var heap = WalkedHeap.Of(python);

        heap.Tail(dict).ShouldBeEmpty();
        heap.Fault(Faults.DictInconsistent).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_suspended_coroutine_leads_to_its_frame_which_names_its_locals_and_not_its_stack(int minor)
    {
        var python = Fake(minor);
        var code = python.ClassicCode("poll", 2, ["jobs", "shared"], ["shared"], ["outer"]);
        var (jobs, cell, outer, awaited) = (python.List([]), python.Real(1), python.Real(2), python.Real(3));
        var frame = python.ClassicFrame(code, Globals(python, "app"), 4, 1, jobs, Address.Null, cell, outer, awaited, python.Real(9));
        var coroutine = python.ClassicCoroutine(code, frame);

        var heap = WalkedHeap.Of(python);

        (heap.Type(coroutine).Name, heap.Type(coroutine).Kind).ShouldBe(("coroutine app.poll", ObjectKind.Coroutine));
        heap.Field(coroutine, "cr_frame").ShouldBe(frame);
        (heap.Type(frame).Name, heap.Type(frame).Kind).ShouldBe(("frame app.poll", ObjectKind.Frame));
        heap.Field(frame, "jobs").ShouldBe(jobs);
        heap.Field(frame, "shared").ShouldBe(cell);
        heap.Field(frame, "outer").ShouldBe(outer);
        heap.Field(frame, "f_code").ShouldBe(code);
        heap.Tail(frame).ShouldBe([awaited]);
        heap.Size(frame).ShouldBe(16 + python.Layout.Frame.LocalsPlus + (6 * 8));
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_running_frame_is_a_root_and_a_running_coroutine_stands_for_its_own(int minor)
    {
        var python = Fake(minor);
        var code = python.ClassicCode("serve", 1, ["sessions"], [], []);
        var sessions = python.Dict((python.Text("a"), python.Real(1)));
        var held = python.Real(7);
        var outer = python.ClassicFrame(code, Globals(python, "app"), 1, -1, sessions, held);
        var inner = python.ClassicFrame(code, Globals(python, "app"), 1, -1, Address.Null, Address.Null);
        var coroutine = python.ClassicCoroutine(code, inner);
        python.RunClassic(outer);
        python.RunClassic(inner);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(new Root(RootKind.Thread, "main thread", heap.Node(outer)));
        heap.Graph.Roots.ShouldContain(new Root(RootKind.Thread, "main thread", heap.Node(coroutine)));
        heap.Field(outer, "sessions").ShouldBe(sessions);
        heap.Tail(outer).ShouldBeEmpty();
        heap.Graph.Roots.ShouldContain(root => root.Kind == RootKind.NativeStack && root.Node == heap.Node(held));
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_chain_of_frames_that_bites_its_tail_ends_at_the_limit(int minor)
    {
        var python = Fake(minor);
        var frame = python.ClassicFrame(python.ClassicCode("serve", 0, [], [], []), Globals(python, "app"), 0, -1);
        python.RunClassic(frame);
        python.Memory.Write(frame + python.Layout.Frame.Previous, frame);

        var heap = WalkedHeap.Of(python, new WalkOptions(Workers: 1, Limits: new WalkLimits { FramesPerThread = 10 }));

        heap.Fault(Faults.FrameInconsistent).ShouldBe(1);
    }

    /// <summary>Small ones stand in pools, where their heads tell them; large ones beside other memory, where only their code knows them.</summary>
    [Theory]
    [MemberData(nameof(SpareFrames))]
    public void What_is_left_on_the_stack_of_a_spare_frame_is_no_root(int minor, int slots, bool isKnownToItsCode)
    {
        var python = Fake(minor);
        var code = python.ClassicCode("serve", 0, [], [], []);
        python.RunClassic(python.ClassicFrame(code, Globals(python, "app"), 0, -1));
        var left = python.Real(7);
        var spare = python.ClassicFrame(code, Address.Null, 0, -1, [.. Enumerable.Repeat(left, slots)]);
        python.Memory.Write(spare, 0UL);
        python.Memory.Write(spare + python.Layout.List.Size, (ulong)slots);
        if (isKnownToItsCode)
            python.Memory.Write(code + python.Layout.Code.Separate!.SpareFrame, spare);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldNotContain(root => root.Node == heap.Node(left));
        heap.Has(spare).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_frame_that_its_code_does_not_own_is_not_explained_by_it(int minor)
    {
        var python = Fake(minor);
        var (code, other) = (python.ClassicCode("serve", 0, [], [], []), python.ClassicCode("other", 0, [], [], []));
        var held = python.Real(7);
        var frame = python.ClassicFrame(other, Address.Null, 0, -1, [.. Enumerable.Repeat(held, 60)]);
        python.Memory.Write(frame, 0UL);
        python.Memory.Write(frame + python.Layout.List.Size, 60UL);
        python.Memory.Write(code + python.Layout.Code.Separate!.SpareFrame, frame);

        var heap = WalkedHeap.Of(python);

        heap.Graph.Roots.ShouldContain(root => root.Kind == RootKind.NativeHeap && root.Node == heap.Node(held));
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_type_that_was_never_made_ready_is_one_only_where_the_version_has_such(int minor)
    {
        var python = Fake(minor);
        var entry = python.New(Unready(python, "functools._lru_list_elem"), 56);
        var stranger = python.New(Unready(python, "stranger"), 56);

        var heap = WalkedHeap.Of(python);

        heap.Has(entry).ShouldBe(minor < 10);
        heap.Has(stranger).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void The_patch_release_is_read_where_only_an_image_name_tells_the_version(int minor)
    {
        var python = Fake(minor);
        python.Symbols.Remove("Py_Version");
        python.Memory.Write(python.Interpreter + python.Layout.Interpreter.SysDict, python.Dict((python.Interned("hexversion"), python.Whole(0x0300_12f0u | ((uint)minor << 16)))));

        PythonProcess.Attach(python).Description.ShouldBe($"CPython 3.{minor}.18");
    }

    private static FakePython Fake(int minor) => new(SupportedLayouts.Find(new Version(3, minor))!) { ImageName = $"/usr/bin/python3.{minor}" };

    /// <summary>A static type as the compiler lays it out, before PyType_Ready.</summary>
    private static Address Unready(FakePython python, string name)
    {
        var type = python.StaticType(name, 56);
        foreach (var field in (int[])[python.Layout.Type.Flags, python.Layout.Type.Base, python.Layout.Type.Dict, python.Layout.Type.Mro])
            python.Memory.Write(type + field, 0UL);
        return type;
    }

    private static Address Globals(FakePython python, string module) => python.Dict((python.Interned("__name__"), python.Text(module)));

    private static Address KeysOf(FakePython python, Address dict)
    {
        var bytes = new byte[8];
        python.Memory.TryRead(dict + python.Layout.Dict.Keys, bytes);
        return new Address(BitConverter.ToUInt64(bytes));
    }
}
