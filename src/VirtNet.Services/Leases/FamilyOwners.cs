namespace VirtNet.Services.Leases;

/// <summary>The leases of one address family that have one name, the last one that took it first of all.</summary>
internal sealed class FamilyOwners
{
    private SortedSet<NameOwner>? _several; // most names have one owner, who is the latest
    private long _leftRank;
    private long _leftAt;

    public int Count => _several?.Count ?? (Latest is null ? 0 : 1);

    /// <summary>Who took the name last of those that have it.</summary>
    public NameOwner? Latest { get; private set; }

    public IEnumerable<NameOwner> All => _several ?? (Latest is { } only ? [only] : Enumerable.Empty<NameOwner>());

    public void Add(NameOwner owner)
    {
        if (Latest is not { } latest)
        {
            Latest = owner;
            return;
        }

        _several ??= new SortedSet<NameOwner>(NameOwner.ByRank) { latest };
        _several.Add(owner);
        Latest = _several.Max;
    }

    public void Remove(NameOwner owner)
    {
        if (_several is null)
        {
            Latest = null;
            return;
        }

        _several.Remove(owner);
        Latest = _several.Count > 0 ? _several.Max : null;
        _several = _several.Count > 1 ? _several : null;
    }

    /// <summary>Notes that one is gone that had the name: it is nobody's for a while where he was the last one that took it.</summary>
    public void NoteLeft(NameOwner owner, long now)
    {
        if (Latest is { } latest && latest.Rank < owner.Rank)
        {
            _leftRank = owner.Rank;
            _leftAt = now;
        }
    }

    /// <summary>Whether one who took the name later has left within this time.</summary>
    public bool IsResting(TimeProvider clock, TimeSpan rest) =>
        Latest is { } latest && latest.Rank < _leftRank && clock.GetElapsedTime(_leftAt) < rest;
}
