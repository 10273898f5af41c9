namespace VirtNet.Host.Neighbours;

/// <summary>
/// When to look at other firewalls: once they are quiet, for a reload comes in many steps, but soon; and never so often that
/// looking costs more than a small part of the time. Knows no clock of its own; not thread-safe.
/// </summary>
internal sealed class LookSchedule
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    /// <summary>Of looks that read rules.</summary>
    public static readonly TimeSpan LeastSpacing = TimeSpan.FromMilliseconds(300);

    public static readonly TimeSpan MostSpacing = TimeSpan.FromSeconds(30);

    /// <summary>The part of the time that looking may take is one in this many.</summary>
    private const int Share = 5;

    private readonly FailurePace _failures = new();
    private DateTimeOffset? _firstChange;
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;
    private DateTimeOffset _nextRead = DateTimeOffset.MinValue;

    public DateTimeOffset? Due { get; private set; }

    /// <summary>Whether the rules must be read anew. At first nothing is known.</summary>
    public bool MustRead { get; private set; } = true;

    /// <summary>Likewise, and not only for what virtnet has changed itself.</summary>
    public bool OthersChanged { get; private set; } = true;

    /// <summary>Whether the last look failed: what the rules are now is not known.</summary>
    public bool IsFailing => _failures.IsFailing;

    /// <summary>Somebody changes rules.</summary>
    /// <param name="byOthers">False = virtnet itself, its own rules in a table that it shares with others.</param>
    public void Changed(DateTimeOffset now, bool byOthers = true)
    {
        _firstChange ??= now;
        MustRead = true;
        OthersChanged |= byOthers;
        Due = Later(Earlier(_firstChange.Value + Patience, now + Quiet), _nextRead);
    }

    /// <summary>Somebody changes rules while nobody is there to be cut off: next time they are read anew.</summary>
    public void Outdate() => MustRead = OthersChanged = true;

    /// <summary>Someone waits for an answer, or a network is new.</summary>
    public void Hurry(DateTimeOffset now)
    {
        DateTimeOffset soonest = Later(now, MustRead ? _nextRead : _nextLook);
        Due = Due is { } due ? Earlier(due, soonest) : soonest;
    }

    /// <summary>Takes the look that is due.</summary>
    /// <returns>Null where none is; else whether rules must be read.</returns>
    public bool? Take(DateTimeOffset now)
    {
        if (Due is not { } due || due > now)
        {
            return null;
        }

        bool read = MustRead;
        Due = null;
        MustRead = OthersChanged = false;
        _firstChange = null;
        return read;
    }

    /// <summary>A look has ended.</summary>
    /// <param name="read">Whether it has read rules.</param>
    /// <param name="took">All of it: reading, changing, and finding out who is cut off.</param>
    public void Looked(DateTimeOffset now, bool read, TimeSpan took)
    {
        _failures.Succeeded();
        DateTimeOffset next = now + (took * Share < MostSpacing ? took * Share : MostSpacing);
        Space(next, Later(next, read ? now + LeastSpacing : _nextRead));
    }

    /// <summary>A look has failed: it is tried again, but a failure that lasts costs little.</summary>
    public void Failed(DateTimeOffset now)
    {
        DateTimeOffset next = now + _failures.Failed();
        Outdate();
        Due ??= next;
        Space(next, next);
    }

    private void Space(DateTimeOffset look, DateTimeOffset read)
    {
        _nextLook = look;
        _nextRead = read;
        if (Due is { } due)
        {
            Due = Later(due, MustRead ? read : look);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
