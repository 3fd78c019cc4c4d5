using System.Collections.Immutable;
using LeakySpanner.CPython.Code;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.CPython.Sampling;

/// <summary>Names the agent's stacks. Works after the process has ended: names and line tables stand in the agent's file.</summary>
/// <param name="file">The agent's.</param>
/// <param name="lines">How the version of that process writes lines down.</param>
public sealed class SampledStacks(AgentFile file, LineTableForm lines)
{
    /// <summary>Code units whose line is looked for: the longest function that anybody has written is far shorter.</summary>
    private const int MostUnits = 1 << 20;

    private readonly Dictionary<int, (ImmutableArray<CallFrame> Frames, bool IsCut)> _stacks = [];

    /// <exception cref="AgentFileException">The agent knows a version that we do not.</exception>
    public static SampledStacks Of(AgentFile file) =>
        PythonVersion.FromHex(file.PythonHex) is { } version && SupportedOpcodes.Find(version.Feature) is { } opcodes
            ? new SampledStacks(file, opcodes.Lines)
            : throw new AgentFileException($"{file.Path} is of a Python that is not known here");

    /// <summary>The outermost frame first; none where the stack is not known.</summary>
    public (ImmutableArray<CallFrame> Frames, bool IsCut) this[int stack]
    {
        get
        {
            if (!_stacks.TryGetValue(stack, out var named))
                _stacks[stack] = named = Name(stack);
            return named;
        }
    }

    private (ImmutableArray<CallFrame> Frames, bool IsCut) Name(int stack)
    {
        if (stack == 0 || file.StackAt(stack) is not { } found)
            return ([], false);
        var frames = ImmutableArray.CreateBuilder<CallFrame>(found.Frames.Length);
        for (var i = found.Frames.Length - 1; i >= 0; i--)
        {
            if (file.CodeAt(found.Frames[i].Code) is { } code)
                frames.Add(code.IsNative ? new CallFrame(code.Name, "", 0) : new CallFrame(code.Name, code.File, LineOf(code, found.Frames[i].Instruction)));
        }

        return (frames.DrainToImmutable(), found.IsCut);
    }

    private int LineOf(AgentCode code, int instruction)
    {
        var unit = instruction / 2;
        if (unit is < 0 or > MostUnits)
            return code.FirstLine;
        var table = new int[unit + 1];
        LineTable.Decode(lines, code.LineTable, code.FirstLine, table);
        return table[unit] > 0 ? table[unit] : code.FirstLine;
    }
}
