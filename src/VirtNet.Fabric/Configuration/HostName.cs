namespace VirtNet.Fabric.Configuration;

/// <summary>What hosts may be called: names go into keys, files and other programs' settings as they are.</summary>
internal static class HostName
{
    private const int MaxLength = 64;

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
}
