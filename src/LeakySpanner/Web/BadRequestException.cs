namespace LeakySpanner.Web;

/// <summary>What was asked cannot be answered as asked; the message is one line that says what to write instead.</summary>
internal sealed class BadRequestException(string message) : Exception(message);
