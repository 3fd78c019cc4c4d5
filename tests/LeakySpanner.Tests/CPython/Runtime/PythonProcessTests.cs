using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Runtime;

public sealed class PythonProcessTests
{
    [Fact]
    public void Finds_the_version_the_main_interpreter_and_the_type_of_types()
    {
        var fake = new FakePython();

        var python = PythonProcess.Attach(fake);

        python.Description.ShouldBe("CPython 3.11.2");
        python.Runtime.ShouldBe(fake.Runtime);
        python.Interpreter.ShouldBe(fake.Interpreter);
        python.Types.TypeOfTypes.ShouldBe(fake.TypeType);
    }

    [Fact]
    public void Finds_the_type_of_types_without_its_symbol()
    {
        var fake = new FakePython();
        fake.Symbols.Remove("PyType_Type");

        PythonProcess.Attach(fake).Types.TypeOfTypes.ShouldBe(fake.TypeType);
    }

    [Fact]
    public void Lists_subinterpreters_behind_the_main_one()
    {
        var fake = new FakePython();
        var second = fake.InNative(fake.Layout.Interpreter.Size);
        var thread = fake.InNative(fake.Layout.Thread.Size);
        fake.Memory.Write(second + fake.Layout.Interpreter.ThreadsHead, thread);
        fake.Memory.Write(thread + fake.Layout.Thread.Interpreter, second);
        fake.Memory.Write(second + fake.Layout.Interpreter.Next, fake.Interpreter);
        fake.Memory.Write(fake.Runtime + fake.Layout.Runtime.InterpretersHead, second);

        PythonProcess.Attach(fake).Interpreters.ShouldBe([fake.Interpreter, second]);
    }

    [Fact]
    public void A_cyclic_list_of_interpreters_ends()
    {
        var fake = new FakePython();
        fake.Memory.Write(fake.Interpreter + fake.Layout.Interpreter.Next, fake.Interpreter);

        PythonProcess.Attach(fake).Interpreters.ShouldBe([fake.Interpreter]);
    }

    [Fact]
    public void A_process_without_the_runtime_is_not_Python()
    {
        var fake = new FakePython { ImageName = "/usr/sbin/nginx" };
        fake.Symbols.Clear();

        var refusal = Should.Throw<TargetException>(() => PythonProcess.Attach(fake));

        refusal.Failure.ShouldBe(TargetFailure.NotPython);
        refusal.Message.ShouldContain("runs no CPython");
    }

    [Fact]
    public void Another_version_is_refused_with_the_list_of_supported_ones()
    {
        var fake = new FakePython { ImageName = "/usr/lib/libpython3.7m.so.1.0" };
        fake.Symbols.Remove("Py_Version");

        var refusal = Should.Throw<TargetException>(() => PythonProcess.Attach(fake));

        refusal.Failure.ShouldBe(TargetFailure.NotSupported);
        refusal.Message.ShouldContain("CPython 3.7 in /usr/lib/libpython3.7m.so.1.0 has no layout");
        refusal.Message.ShouldContain("3.11");
    }

    [Fact]
    public void A_debug_build_is_refused()
    {
        var fake = new FakePython();
        fake.Symbols["_Py_RefTotal"] = fake.InImage(8);

        Should.Throw<TargetException>(() => PythonProcess.Attach(fake)).Message.ShouldContain("debug build");
    }

    [Fact]
    public void A_free_threaded_build_is_refused()
    {
        var fake = new FakePython { ImageName = "/opt/lib/libpython3.13t.so.1.0" };

        Should.Throw<TargetException>(() => PythonProcess.Attach(fake)).Message.ShouldContain("free-threaded");
    }

    [Fact]
    public void An_interpreter_whose_thread_belongs_to_another_is_not_believed()
    {
        var fake = new FakePython();
        fake.Memory.Write(fake.Thread + fake.Layout.Thread.Interpreter, fake.Runtime);

        Should.Throw<TargetException>(() => PythonProcess.Attach(fake)).Failure.ShouldBe(TargetFailure.NotPython);
    }

    [Fact]
    public void A_build_whose_types_are_elsewhere_is_refused()
    {
        var fake = new FakePython();
        fake.Memory.Write(fake.TypeType + 8, fake.ObjectType);

        Should.Throw<TargetException>(() => PythonProcess.Attach(fake)).Message.ShouldContain("does not match its layout");
    }

    [Theory]
    [InlineData(0x030B02F0UL, "3.11.2")]
    [InlineData(0x030C00C2UL, "3.12.0rc2")]
    [InlineData(0x030E00A7UL, "3.14.0a7")]
    public void A_hex_version_is_taken_apart(ulong hex, string text) => PythonVersion.FromHex(hex)!.Text.ShouldBe(text);

    [Fact]
    public void A_hex_version_that_is_none_is_refused() => PythonVersion.FromHex(0xffff_ffff_ffff_ffff).ShouldBeNull();
}
