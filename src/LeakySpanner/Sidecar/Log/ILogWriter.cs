using System.Buffers;

namespace LeakySpanner.Sidecar.Log;

/// <summary>How an event is written: as lines for people, or as one JSON object on a line.</summary>
internal interface ILogWriter
{
    /// <param name="told">The event.</param>
    /// <param name="showPid">Whether several workers live, so that a person must be told which one is meant.</param>
    /// <param name="into">Gets whole lines of UTF-8.</param>
    void Write(LogEvent told, bool showPid, IBufferWriter<byte> into);
}
