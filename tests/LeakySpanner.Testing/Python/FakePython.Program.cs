using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

public sealed partial class FakePython
{
    private Address _functionType;
    private Address _codeType;
    private Address _moduleType;
    private Address _coroutineType;

    public Address FunctionType => OnDemand(ref _functionType, "function", 136, collected: true);

    public Address CodeType => OnDemand(ref _codeType, "code", 184, itemSize: 2);

    public Address ModuleType => OnDemand(ref _moduleType, "module", Layout.Objects.Module.Size, collected: true);

    public Address CoroutineType => OnDemand(ref _coroutineType, "coroutine", Layout.Coroutine.Frame + Layout.Frame.LocalsPlus, itemSize: 8, collected: true);

    /// <summary>An imported module; enters sys.modules when <see cref="SetModules"/> is given it.</summary>
    public Address Module(string name, params (Address Key, Address Value)[] globals)
    {
        var module = New(ModuleType, Layout.Objects.Module.Size);
        Memory.Write(module + Layout.Objects.Module.Dict, Dict(globals));
        Memory.Write(module + Layout.Objects.Module.Name, Text(name));
        Memory.Write(ModuleType + Layout.Type.DictOffset, (ulong)Layout.Objects.Module.Dict);
        return module;
    }

    public void SetModules(params (string Name, Address Module)[] modules) =>
        Memory.Write(Interpreter + Layout.Interpreter.Modules, Dict([.. modules.Select(module => (Text(module.Name), module.Module))]));

    public Address CodeObject(string qualifiedName, int stackSize, params string[] locals)
    {
        var layout = Layout.Code;
        var code = New(CodeType, layout.Instructions + 8);
        Memory.Write(code + Layout.Objects.ItemCount, 4UL);
        Memory.WriteUInt32(code + layout.LocalsPlusCount, (uint)locals.Length);
        Memory.WriteUInt32(code + layout.StackSize, (uint)stackSize);
        Memory.Write(code + layout.LocalsPlusNames, Tuple([.. locals.Select(Interned)]));
        Memory.Write(code + layout.QualifiedName, Text(qualifiedName));
        return code;
    }

    public Address Function(Address code, string module)
    {
        var function = New(FunctionType, 136);
        Memory.Write(function + Layout.Function.Code, code);
        Memory.Write(function + Layout.Function.Module, Text(module));
        return function;
    }

    /// <param name="state">-2 created, -1 suspended, 0 executing, 1 completed.</param>
    /// <param name="slots">Locals, then what is on the value stack.</param>
    public Address Coroutine(Address code, Address function, sbyte state, int stackTop, params Address[] slots)
    {
        var layout = Layout.Coroutine;
        var coroutine = New(CoroutineType, layout.Frame + Layout.Frame.LocalsPlus + (slots.Length * 8));
        Memory.Write(coroutine + layout.Code, code);
        Memory.WriteByte(coroutine + layout.FrameState, unchecked((byte)state));
        WriteFrame(coroutine + layout.Frame, code, function, owner: 1, stackTop, slots);
        return coroutine;
    }

    /// <summary>Makes one more frame run on the only thread.</summary>
    public Address Call(Address code, Address function, int stackTop, params Address[] slots)
    {
        var frame = InNative(Layout.Frame.LocalsPlus + (slots.Length * 8));
        WriteFrame(frame, code, function, owner: 0, stackTop, slots);
        Run(frame);
        return frame;
    }

    /// <summary>Makes a frame the innermost one of the thread.</summary>
    public void Run(Address frame)
    {
        Memory.Write(frame + Layout.Frame.Previous, _running);
        if (_running.IsNull)
        {
            var native = InNative(32);
            if (Layout.Thread.CFrame >= 0)
                Memory.Write(Thread + Layout.Thread.CFrame, native);
            else
                native = Thread;
            Memory.Write(Thread + Layout.Objects.ThreadStack.Number, 1UL);
            _nativeFrame = native;
        }

        _running = frame;
        Memory.Write(_nativeFrame + Layout.Thread.CurrentFrame, frame);
    }

    private Address _running;
    private Address _nativeFrame;

    private void WriteFrame(Address frame, Address code, Address function, byte owner, int stackTop, Address[] slots)
    {
        Memory.Write(frame + Layout.Frame.Function, function);
        Memory.Write(frame + Layout.Frame.Code, code);
        if (!Layout.Frame.HasStackReferences)
            Memory.WriteUInt32(frame + Layout.Frame.StackTop, unchecked((uint)stackTop));
        else if (stackTop >= 0)
            Memory.Write(frame + Layout.Frame.StackTop, frame + Layout.Frame.LocalsPlus + (stackTop * 8));
        Memory.WriteByte(frame + Layout.Frame.Owner, owner);
        WriteReferences(frame + Layout.Frame.LocalsPlus, slots);
    }

    private Address OnDemand(ref Address type, string name, int basicSize, int itemSize = 0, bool collected = false)
    {
        if (type.IsNull)
            type = StaticType(name, basicSize, itemSize, collected);
        return type;
    }
}
