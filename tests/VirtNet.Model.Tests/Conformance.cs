namespace VirtNet.Model.Tests;

/// <summary>Finds the conformance data, which lies beside a checkout and not in it (its licence is another).</summary>
internal static class Conformance
{
    public const string Missing = "no shared/conformance folder beside this checkout";

    /// <returns>The folder, or null where there is none.</returns>
    public static string? Find(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "conformance");
            if (Directory.Exists(candidate))
            {
                string found = Path.Combine(candidate, path);
                return File.Exists(found) || Directory.Exists(found) ? found : null;
            }
        }

        return null;
    }
}
