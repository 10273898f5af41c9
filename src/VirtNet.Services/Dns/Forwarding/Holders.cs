namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Somebody who holds some of what there is little of.</summary>
internal abstract class Holder
{
    protected Holder() => Place = new LinkedListNode<Holder>(this);

    /// <summary>How much that is.</summary>
    public int Held { get; internal set; }

    /// <summary>Among those who hold as much.</summary>
    internal LinkedListNode<Holder> Place { get; }
}

/// <summary>
/// Those who hold some of what there is little of, in order of how much. When it runs out, who holds most gives way: so
/// one may have all while others want none, and nobody's excess costs others their share. Every step takes the same time,
/// however many they are.
/// </summary>
internal sealed class Holders<T>
    where T : Holder
{
    /// <summary>Levels kept for the next time when nobody holds anything any more.</summary>
    private const int SpareLevels = 8;

    /// <summary>At index n, those who hold n + 1, the one who came there first in front.</summary>
    private readonly List<LinkedList<Holder>> _levels = [];
    private int _top;

    /// <summary>Who holds most; of several, who has held as much for longest. Null if nobody holds anything.</summary>
    public T? Largest => _top == 0 ? null : (T)_levels[_top - 1].First!.Value;

    /// <summary>The holder takes one more.</summary>
    public void Grow(T holder)
    {
        if (holder.Held > 0)
        {
            _levels[holder.Held - 1].Remove(holder.Place);
        }

        holder.Held++;
        if (_levels.Count < holder.Held)
        {
            _levels.Add([]);
        }

        _levels[holder.Held - 1].AddLast(holder.Place);
        _top = Math.Max(_top, holder.Held);
    }

    /// <summary>The holder gives one back.</summary>
    public void Shrink(T holder)
    {
        _levels[holder.Held - 1].Remove(holder.Place);
        holder.Held--;
        if (holder.Held > 0)
        {
            _levels[holder.Held - 1].AddLast(holder.Place);
        }

        while (_top > 0 && _levels[_top - 1].Count == 0)
        {
            _top--;
        }

        if (_top == 0 && _levels.Count > SpareLevels)
        {
            _levels.RemoveRange(SpareLevels, _levels.Count - SpareLevels);
        }
    }
}
