using System.Text.Json;

namespace VirtNet.Model.Tests;

/// <summary>
/// What was observed with libvirt: the data of the black-box suite (tests/conformance), and beside a checkout, where it is, libvirt's
/// own test data (another licence than ours).
/// </summary>
internal static class ConformanceData
{
    private static readonly string Own = Path.Combine(GoldenFolder.Root, "tests", "conformance");

    /// <summary>Null where no such folder lies beside the checkout.</summary>
    private static readonly string? Libvirts = FindLibvirts();

    public static JsonElement Observed(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Own, "observed", name)));
        return document.RootElement.Clone();
    }

    /// <summary>Files of libvirt's own tests by name, without its extension; none where they are not here.</summary>
    public static IReadOnlyDictionary<string, string> LibvirtFiles(string folder) => Libvirts is null
        ? new Dictionary<string, string>()
        : Directory.EnumerateFiles(Path.Combine(Libvirts, folder), "*.xml")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);

    /// <summary>A table or list that goes with libvirt's own tests; null where they are not here.</summary>
    public static string? LibvirtText(string name) => Libvirts is null ? null : File.ReadAllText(Path.Combine(Libvirts, name));

    private static string? FindLibvirts()
    {
        for (DirectoryInfo? folder = new(GoldenFolder.Root); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "conformance", "cases");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
