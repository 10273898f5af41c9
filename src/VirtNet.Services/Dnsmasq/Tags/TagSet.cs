namespace VirtNet.Services.Dnsmasq.Tags;

/// <summary>The tags of one client, while it is served.</summary>
internal sealed class TagSet
{
    private readonly List<string> _tags;

    public TagSet(params ReadOnlySpan<string> tags) => _tags = [.. tags];

    /// <summary>Without any; not to be added to.</summary>
    public static TagSet Empty { get; } = new();

    public bool Contains(ReadOnlySpan<char> tag)
    {
        foreach (string known in _tags)
        {
            if (tag.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(string tag)
    {
        if (!Contains(tag))
        {
            _tags.Add(tag);
        }
    }

    public TagSet Copy() => new([.. _tags]);

    /// <summary>These and one more.</summary>
    public TagSet With(string tag) => new([.. _tags, tag]);
}
