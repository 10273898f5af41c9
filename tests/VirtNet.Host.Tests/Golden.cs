using System.Runtime.CompilerServices;

namespace VirtNet.Host.Tests;

/// <summary>Expected texts in files beside the tests. <c>VIRTNET_REWRITE=1</c> writes them instead of comparing.</summary>
internal static class Golden
{
    public static void Check(string actual, string file, [CallerFilePath] string test = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(test) ?? "", "Golden", file);
        if (Environment.GetEnvironmentVariable("VIRTNET_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "");
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
