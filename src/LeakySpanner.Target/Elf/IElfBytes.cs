using LeakySpanner.Model;
using LeakySpanner.Target.Memory;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Elf;

/// <summary>Where an ELF image is read from: its file, or the process that has it loaded.</summary>
public interface IElfBytes
{
    /// <summary>
    /// Null for a file. For an image in memory, the address of its header: section headers are not loaded then, and the
    /// loader has turned the dynamic section's addresses into run-time ones.
    /// </summary>
    Address? LoadedAt { get; }

    /// <summary>Fills the whole buffer or returns false.</summary>
    /// <param name="offset">In the file, or from the image's first byte in memory.</param>
    bool TryRead(ulong offset, Span<byte> buffer);
}

/// <summary>An image in a file.</summary>
public sealed class ElfFileBytes(SafeFileHandle file) : IElfBytes
{
    public Address? LoadedAt => null;

    public bool TryRead(ulong offset, Span<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                if (offset > long.MaxValue)
                    return false;
                var count = RandomAccess.Read(file, buffer, (long)offset);
                if (count <= 0)
                    return false;
                buffer = buffer[count..];
                offset += (ulong)count;
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}

/// <summary>An image as loaded, for files that are deleted or out of reach.</summary>
/// <param name="memory">Of the process.</param>
/// <param name="start">Where its ELF header is mapped.</param>
public sealed class ElfLoadedBytes(ITargetMemory memory, Address start) : IElfBytes
{
    public Address? LoadedAt => start;

    public bool TryRead(ulong offset, Span<byte> buffer) => memory.TryRead(new Address(unchecked(start.Value + offset)), buffer);
}
