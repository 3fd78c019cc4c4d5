namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Tells that a linked list has come back to where it was, in constant memory (Brent's algorithm): a list of frames that was changed while it
/// was read can be a circle, and would be followed to its bound.
/// </summary>
internal struct CircleCheck
{
    private ulong _kept;
    private int _steps;
    private int _power;

    /// <param name="link">The next member of the list.</param>
    /// <returns>True once the list is known to go round; at the latest after three times its length.</returns>
    public bool Closes(ulong link)
    {
        if (_power != 0 && link == _kept)
            return true;
        if (_steps++ >= _power)
        {
            _kept = link;
            _power = Math.Max(1, _power * 2);
            _steps = 0;
        }

        return false;
    }
}
