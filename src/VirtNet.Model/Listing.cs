namespace VirtNet.Model;

/// <summary>Names in a sentence, of which there may be thousands.</summary>
public static class Listing
{
    /// <summary>So many are named; of the others is said how many they are.</summary>
    private const int Most = 5;

    /// <summary>For example <c>a, b, c</c>, or <c>a, b, c, d, e and 295 more</c>.</summary>
    public static string Of<T>(IReadOnlyCollection<T> items) =>
        string.Join(", ", items.Take(Most)) + (items.Count > Most ? $" and {items.Count - Most} more" : "");
}
