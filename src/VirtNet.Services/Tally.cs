using System.Runtime.InteropServices;

namespace VirtNet.Services;

/// <summary>How many of something each of some keys has. A key that has none takes no memory.</summary>
internal sealed class Tally<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _counts = [];

    /// <summary>How many keys have any.</summary>
    public int Count => _counts.Count;

    /// <summary>Those that have any.</summary>
    public IEnumerable<TKey> Keys => _counts.Keys;

    public int this[TKey key] => _counts.GetValueOrDefault(key);

    /// <param name="by">How many more; negative for fewer.</param>
    public void Add(TKey key, int by)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
        count += by;
        if (count == 0)
        {
            _counts.Remove(key);
        }
    }
}
