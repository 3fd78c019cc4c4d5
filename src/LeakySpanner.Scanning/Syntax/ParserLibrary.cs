using System.Runtime.InteropServices;

namespace LeakySpanner.Scanning.Syntax;

/// <summary>
/// The parser's shared library, which comes inside our own file. It is loaded from memory (memfd_create), so that nothing is left on disk; where the
/// system forbids that, from a temporary file.
/// </summary>
internal static partial class ParserLibrary
{
    private const string Resource = "parser.so";
    private const uint CloseOnExec = 1;

    /// <exception cref="ParserException">This build has none, or the system lets nobody load it.</exception>
    public static IntPtr Load()
    {
        using var resource = typeof(ParserLibrary).Assembly.GetManifestResourceStream(Resource)
            ?? throw new ParserException("this build was made without the Python parser: `make build` makes one with it");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return FromMemory(bytes) ?? FromFile(bytes);
    }

    private static IntPtr? FromMemory(byte[] bytes)
    {
        var descriptor = MemoryFile("leakyspanner-parser", CloseOnExec);
        if (descriptor < 0)
            return null;
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(handle, bytes, 0);
            return NativeLibrary.TryLoad($"/proc/self/fd/{(int)descriptor}", out var library) ? library : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IntPtr FromFile(byte[] bytes)
    {
        try
        {
            var path = Path.Combine(Directory.CreateTempSubdirectory("leakyspanner-").FullName, "parser.so");
            File.WriteAllBytes(path, bytes);
            var loaded = NativeLibrary.TryLoad(path, out var library);
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
            return loaded ? library : throw new ParserException("the Python parser could not be loaded: set TMPDIR to a folder from which libraries may be loaded");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ParserException("the Python parser could not be loaded: set TMPDIR to a folder that is writable");
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}

/// <summary>Python source cannot be parsed here; the message is one line that says what to do.</summary>
public sealed class ParserException(string message) : Exception(message);
