using System.Text;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Runtime;

/// <summary>What a process says of its own layout, from 3.13 on.</summary>
public sealed class OwnOffsetsTests
{
    [Fact]
    public void Members_behind_a_smaller_collector_are_found_where_the_process_says()
    {
        var known = Python314.Layout;
        var fake = new FakePython(Moved(known, -8)) { ImageName = "/usr/bin/python3.14" };
        WriteOffsets(fake);

        var layout = PythonProcess.Attach(fake).Layout;

        layout.Interpreter.Modules.ShouldBe(known.Interpreter.Modules - 8);
        layout.Interpreter.ImportLib.ShouldBe(known.Interpreter.ImportLib - 8);
        layout.StaticTypes!.First.ShouldBe(known.StaticTypes!.First - 8);
        layout.Objects.InterpreterFields.Single(field => field.Name == "audit hooks").Offset
            .ShouldBe(known.Objects.InterpreterFields.Single(field => field.Name == "audit hooks").Offset - 8);
        layout.Objects.InterpreterFields.Single(field => field.Name == "gc.garbage").Offset
            .ShouldBe(known.Objects.InterpreterFields.Single(field => field.Name == "gc.garbage").Offset);
    }

    [Theory]
    [InlineData(1UL << 40)]
    [InlineData(7681)]
    [InlineData(4096)]
    public void One_absurd_offset_and_none_is_believed(ulong modules)
    {
        var fake = new FakePython(Python314.Layout) { ImageName = "/usr/bin/python3.14" };
        WriteOffsets(fake);
        fake.Memory.Write(fake.Runtime + fake.Layout.DebugOffsets!.ThreadsHead, 4096UL);
        fake.Memory.Write(fake.Runtime + fake.Layout.DebugOffsets.Modules, modules);

        PythonProcess.Attach(fake).Layout.ShouldBe(Python314.Layout);
    }

    [Fact]
    public void Offsets_of_another_version_are_not_believed()
    {
        var fake = new FakePython(Python314.Layout) { ImageName = "/usr/bin/python3.14" };
        WriteOffsets(fake);
        fake.Memory.Write(fake.Runtime + fake.Layout.DebugOffsets!.Version, 0x030d_05f0UL);
        fake.Memory.Write(fake.Runtime + fake.Layout.DebugOffsets.Next, 8UL);

        PythonProcess.Attach(fake).Layout.ShouldBe(Python314.Layout);
    }

    [Fact]
    public void A_free_threaded_build_says_so_and_is_refused()
    {
        var fake = new FakePython(Python314.Layout) { ImageName = "/opt/python" };
        WriteOffsets(fake);
        fake.Memory.Write(fake.Runtime + fake.Layout.DebugOffsets!.FreeThreaded, 1UL);

        var refusal = Should.Throw<TargetException>(() => PythonProcess.Attach(fake));

        refusal.Failure.ShouldBe(TargetFailure.NotSupported);
        refusal.Message.ShouldContain("free-threaded");
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(24, 24)]
    [InlineData(60, 24)]
    public void The_collectors_lists_begin_where_its_own_pointer_leads(int first, int expected)
    {
        var fake = new FakePython(Python313.Layout) { ImageName = "/usr/bin/python3.13" };
        var collector = fake.Interpreter + fake.Layout.Interpreter.Collector;
        fake.Memory.Write(collector + fake.Layout.Collector.GenerationZero, collector + first);

        PythonProcess.Attach(fake).Layout.Collector.Generations.ShouldBe(expected);
    }

    private static PythonLayout Moved(PythonLayout layout, int by) => layout with
    {
        Interpreter = layout.Interpreter with
        {
            Modules = layout.Interpreter.Modules + by,
            SysDict = layout.Interpreter.SysDict + by,
            Builtins = layout.Interpreter.Builtins + by,
        },
    };

    private static void WriteOffsets(FakePython fake)
    {
        var (layout, table) = (fake.Layout, fake.Layout.DebugOffsets!);
        void Write(int at, int value) => fake.Memory.Write(fake.Runtime + at, (ulong)value);
        fake.Memory.Write(fake.Runtime, Encoding.ASCII.GetBytes("xdebugpy"));
        Write(table.Version, (layout.Version.Major << 24) | (layout.Version.Minor << 16) | 0x0af0);
        Write(table.InterpretersHead, layout.Runtime.InterpretersHead);
        Write(table.Next, layout.Interpreter.Next);
        Write(table.ThreadsHead, layout.Interpreter.ThreadsHead);
        Write(table.Collector, layout.Interpreter.Collector);
        Write(table.Modules, layout.Interpreter.Modules);
        Write(table.SysDict, layout.Interpreter.SysDict);
        Write(table.Builtins, layout.Interpreter.Builtins);
        Write(table.ThreadNext, layout.Thread.Next);
        Write(table.ThreadInterpreter, layout.Thread.Interpreter);
        Write(table.ThreadFrame, layout.Thread.CurrentFrame);
    }
}
