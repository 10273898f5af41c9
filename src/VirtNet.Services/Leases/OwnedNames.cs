namespace VirtNet.Services.Leases;

/// <summary>Who has which names, in any case. Not safe on several threads.</summary>
internal sealed class OwnedNames
{
    private readonly Dictionary<string, NameOwners> _names = new(StringComparer.OrdinalIgnoreCase);

    public bool IsEmpty => _names.Count == 0;

    public NameOwners? Find(ReadOnlySpan<char> name) =>
        _names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out NameOwners? owners) ? owners : null;

    /// <param name="name">Null = it has none.</param>
    public void Add(string? name, NameOwner owner)
    {
        if (name is null)
        {
            return;
        }

        if (!_names.TryGetValue(name, out NameOwners? owners))
        {
            _names[name] = owners = new NameOwners();
        }

        owners.Add(owner);
    }

    /// <param name="name">Null = it had none.</param>
    /// <param name="owner">As it was added.</param>
    /// <returns>Who has the name still; null = nobody.</returns>
    public NameOwners? Remove(string? name, NameOwner owner)
    {
        if (name is null || !_names.TryGetValue(name, out NameOwners? owners))
        {
            return null;
        }

        owners.Remove(owner);
        if (owners.Count > 0)
        {
            return owners;
        }

        _names.Remove(name);
        return null;
    }
}
