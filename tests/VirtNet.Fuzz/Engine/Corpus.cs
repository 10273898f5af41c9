using System.Security.Cryptography;

namespace VirtNet.Fuzz.Engine;

/// <summary>
/// The inputs of one target that are kept in the source tree: one a line, in base64, that lead somewhere new, and one file
/// for each that once was a finding.
/// </summary>
internal sealed class Corpus(string folder, string target)
{
    private readonly string _interesting = Path.Combine(folder, $"{target}.txt");
    private readonly string _findings = Path.Combine(folder, "crashes", target);

    /// <summary>The corpus of the source tree that this program was built from.</summary>
    public static string Folder
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "VirtNet.sln")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("no VirtNet.sln above this program");
            }

            return Path.Combine(folder.FullName, "tests", "VirtNet.Fuzz", "corpus");
        }
    }

    public IReadOnlyList<byte[]> Interesting() =>
        File.Exists(_interesting) ? [.. File.ReadLines(_interesting).Select(Convert.FromBase64String)] : [];

    public IReadOnlyList<byte[]> Findings() => Directory.Exists(_findings)
        ? [.. Directory.EnumerateFiles(_findings).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
        : [];

    /// <summary>Replaces what is kept.</summary>
    public void KeepInteresting(IEnumerable<byte[]> inputs) =>
        File.WriteAllLines(_interesting, inputs.Select(Convert.ToBase64String).Order(StringComparer.Ordinal));

    /// <returns>The file.</returns>
    public string KeepFinding(byte[] input)
    {
        Directory.CreateDirectory(_findings);
        string file = Path.Combine(_findings, Convert.ToHexStringLower(SHA256.HashData(input))[..12]);
        File.WriteAllBytes(file, input);
        return file;
    }
}
