using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Sessions.Scanning;

/// <summary>The bytes of a source file, as the scanner asks for them.</summary>
internal static class SourceBytes
{
    /// <summary>Null where it cannot be read, or is a pipe or a device, which would never end; one byte too many where it is too long.</summary>
    public static byte[]? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > PythonParser.LongestFile)
                return new byte[PythonParser.LongestFile + 1];
            return (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != 0 ? null : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
