using System.Text.Json;

namespace VirtNet.Model.Tests;

/// <summary>Reads the conformance data; where it is missing, the running test is skipped.</summary>
internal static class ConformanceData
{
    public static string PathOf(string name)
    {
        string? found = Conformance.Find(name);
        Assert.SkipWhen(found is null, Conformance.Missing);
        return found!;
    }

    public static string Text(string name) => File.ReadAllText(PathOf(name));

    public static JsonElement Json(string name)
    {
        using JsonDocument document = JsonDocument.Parse(Text(name));
        return document.RootElement.Clone();
    }
}
