namespace VirtNet.Model.Differences;

/// <summary>One difference between two definitions of a network.</summary>
/// <param name="Before">How it was, in a line: a value, or the XML of an entry. Null for what is new.</param>
/// <param name="After">How it is to be; null for what goes.</param>
public sealed record NetworkChange(NetworkItem Item, string? Before, string? After, ChangeEffect Effect);
