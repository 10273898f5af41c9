namespace VirtNet.Model.Tests;

/// <summary>Definitions, and what is printed of them: cases of the black-box suite, one folder each, that tests of the model read too.</summary>
internal static class GoldenFolder
{
    /// <summary>Set to 1 to write what is printed instead of comparing it; then look at the difference in git.</summary>
    private const string RewriteVariable = "VIRTNET_REWRITE_GOLDEN";

    public static bool Rewrite => Environment.GetEnvironmentVariable(RewriteVariable) == "1";

    public static string Cases => Path.Combine(Root, "tests", "conformance", "cases");

    public static string Root
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "VirtNet.sln")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("No VirtNet.sln above the tests");
            }

            return folder.FullName;
        }
    }

    /// <summary>The folders that have such a file.</summary>
    public static TheoryData<string> CasesWith(string file)
    {
        TheoryData<string> cases = [];
        foreach (string folder in Directory.EnumerateDirectories(Cases).Order(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                cases.Add(Path.GetFileName(folder));
            }
        }

        return cases;
    }

    /// <summary>That file of every case that has it, by the case's name.</summary>
    public static Dictionary<string, string> Files(string file) =>
        CasesWith(file).ToDictionary(name => name.Data, name => Read(name.Data, file), StringComparer.Ordinal);

    public static string Read(string name, string file) => File.ReadAllText(Path.Combine(Cases, name, file));

    public static void AssertMatches(string name, string file, string got)
    {
        string path = Path.Combine(Cases, name, file);
        if (Rewrite)
        {
            File.WriteAllText(path, got);
        }

        Assert.Equal(File.ReadAllText(path), got);
    }
}
