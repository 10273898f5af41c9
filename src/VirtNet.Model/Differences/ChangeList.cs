using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>Collects the changes that comparisons find.</summary>
internal sealed class ChangeList
{
    private readonly List<NetworkChange> _changes = [];

    public ValueList<NetworkChange> ToValueList() => _changes.ToValueList();

    public void Value(NetworkItem item, string? before, string? after, ChangeEffect effect = ChangeEffect.Applied)
    {
        if (before != after)
        {
            _changes.Add(new NetworkChange(item, before, after, effect));
        }
    }

    /// <summary>Compares entries that have the same key; the others are new or gone. Their order does not count.</summary>
    /// <param name="effect">Of an entry as it was and as it is to be; one of the two may be null.</param>
    public void Entries<T>(
        NetworkItem item,
        IEnumerable<T> before,
        IEnumerable<T> after,
        Func<T, string> key,
        Func<T, string> text,
        Func<T?, T?, ChangeEffect> effect)
        where T : class
    {
        foreach ((T? was, T? now) in Pairs(before, after, key))
        {
            Value(item, was is null ? null : text(was), now is null ? null : text(now), effect(was, now));
        }
    }

    /// <summary>Compares entries that have no parts which could change by themselves.</summary>
    public void Entries<T>(NetworkItem item, IEnumerable<T> before, IEnumerable<T> after, Func<T, string> text)
        where T : class =>
        Entries(item, before, after, text, text, (_, _) => ChangeEffect.Applied);

    /// <summary>Entries with the same key side by side, first with first; those that are gone, then all that are to be.</summary>
    public static IEnumerable<(T? Before, T? After)> Pairs<T>(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> key)
        where T : class
    {
        Dictionary<string, Queue<T>> old = [];
        foreach (T entry in before)
        {
            string name = key(entry);
            if (!old.TryGetValue(name, out Queue<T>? same))
            {
                old.Add(name, same = []);
            }

            same.Enqueue(entry);
        }

        List<(T? Before, T? After)> pairs = [];
        foreach (T entry in after)
        {
            T? was = old.TryGetValue(key(entry), out Queue<T>? same) && same.TryDequeue(out T? first) ? first : null;
            pairs.Add((was, entry));
        }

        return old.Values.SelectMany(gone => gone).Select(gone => ((T?)gone, (T?)null)).Concat(pairs);
    }

    public static string? YesNo(bool? value) => value switch { true => "yes", false => "no", _ => null };

    /// <summary>An entry's XML on one line.</summary>
    public static string Line(XElement entry) =>
        string.Concat(XmlPrinter.Print(entry).Split('\n').Select(line => line.TrimStart(' ')));
}
