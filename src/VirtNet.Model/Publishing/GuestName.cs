namespace VirtNet.Model.Publishing;

/// <summary>What a guest, or a publication, may be called here: it must stand in a word with ports and commas around it.</summary>
public static class GuestName
{
    public const int MaxLength = 255;

    public static bool IsPossible(string name) =>
        name.Length is > 0 and <= MaxLength
        && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is ',' or '/' or '[' or ']' or ':');
}
