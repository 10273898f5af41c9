namespace VirtNet.Model.Updates;

/// <summary>One changed place in an immutable list.</summary>
internal static class ListEdit
{
    public static ValueList<T> Replacing<T>(this ValueList<T> list, int index, T item)
    {
        T[] items = [.. list];
        items[index] = item;
        return [.. items];
    }

    public static ValueList<T> Without<T>(this ValueList<T> list, int index) =>
        [.. list.AsSpan()[..index], .. list.AsSpan()[(index + 1)..]];

    public static ValueList<T> Adding<T>(this ValueList<T> list, T item, bool first) =>
        first ? [item, .. list] : [.. list, item];

    /// <returns>-1 when there is none.</returns>
    public static int IndexOf<T>(this ValueList<T> list, Predicate<T> match)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (match(list[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
