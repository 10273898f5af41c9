using VirtNet.Linux.Files;

namespace VirtNet.Daemon.Files;

/// <summary>
/// Folders with a file for each network. What is in them may be anything, put there by anybody who can write there, or cut short by a
/// crash: one file costs itself at most, never the others, and never the start of the daemon.
/// </summary>
internal static class NetworkFolder
{
    /// <summary>Several times what a client can send for a definition (4 MiB).</summary>
    private const int MaxLength = 16 << 20;

    /// <summary>Loads what is called so, several at a time: while a daemon begins, clients wait for all of them.</summary>
    /// <param name="pattern">Of the names; a folder or a device that has such a name is loaded, too, and refused.</param>
    /// <param name="load">For each file, at the same time as for others.</param>
    /// <param name="refused">Told, one after the other, of each that cannot be loaded, or of the folder.</param>
    /// <returns>In the order of the names.</returns>
    public static List<T> Load<T>(string folder, string pattern, Func<string, T> load, Action<string, string> refused)
    {
        string[] files = Entries(folder, pattern, refused);
        Outcome<T>[] outcomes = new Outcome<T>[files.Length];
        Parallel.For(0, files.Length, i => outcomes[i] = Attempt(load, files[i]));
        List<T> loaded = new(files.Length);
        foreach ((string file, Outcome<T> outcome) in files.Zip(outcomes))
        {
            if (outcome.Objection is { } objection)
            {
                refused(file, objection);
            }
            else
            {
                loaded.Add(outcome.Loaded!);
            }
        }

        return loaded;
    }

    public static string ReadText(string file) => RegularFile.ReadText(file, MaxLength);

    private static Outcome<T> Attempt<T>(Func<string, T> load, string file)
    {
        try
        {
            return new Outcome<T>(load(file), Objection: null);
        }
#pragma warning disable CA1031 // whatever is wrong with one file, the others are not to wait for it
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new Outcome<T>(default, e.Message);
        }
    }

    private static string[] Entries(string folder, string pattern, Action<string, string> refused)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, pattern).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException) when (!File.Exists(folder))
        {
            return []; // made anew, or said, by those who look after the folders
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refused(folder, e.Message);
            return [];
        }
    }

    private readonly record struct Outcome<T>(T? Loaded, string? Objection);
}
