namespace LeakySpanner.Commands;

/// <summary>One line on stderr that overwrites itself; nothing at all where nobody watches.</summary>
internal sealed class Progress(Terminal terminal)
{
    private readonly Lock _gate = new();
    private int _length;

    public void Show(string text)
    {
        if (!terminal.ErrorIsLive)
            return;
        lock (_gate)
        {
            var line = text.Length < terminal.Width ? text : text[..(terminal.Width - 1)];
            terminal.Error.Write("\r" + line.PadRight(_length));
            _length = line.Length;
        }
    }

    /// <summary>Before a report is printed.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_length > 0)
                terminal.Error.Write("\r" + new string(' ', _length) + "\r");
            _length = 0;
        }
    }
}
