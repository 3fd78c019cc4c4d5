using LeakySpanner.Model;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <summary>The one place where a target is changed: an interpreter can be asked to run a script (PEP 768), and the asking is a few bytes.</summary>
public sealed partial class TargetProcess
{
    /// <summary>Writes all of it, or as much as there is memory for (process_vm_writev(2)).</summary>
    /// <returns>Whether all was written.</returns>
    public unsafe bool TryWrite(Address address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* local = bytes)
        {
            var from = new IoVector((nuint)local, (nuint)bytes.Length);
            var into = new IoVector((nuint)address.Value, (nuint)bytes.Length);
            return LibC.ProcessVmWriteV(Pid, &from, 1, &into, 1, 0) == bytes.Length;
        }
    }

    /// <summary>Its user, and the folders that it takes for its root, are ours: what we lay down it can open.</summary>
    public bool CanOpen(string path) => FileOwner.TryRead(folder, out var owner) && owner.User == FileOwner.Ours
        && FileOwner.TryRead(path, out var here) && FileOwner.TryRead($"{folder}/root{path}", out var there) && here == there;
}
