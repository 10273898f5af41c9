namespace VirtNet.Model.Tests.Xml;

/// <summary>Small documents for tests.</summary>
internal static class Documents
{
    /// <summary>A network named n around a part; a whole document stays as it is.</summary>
    public static string Whole(string part) =>
        part.StartsWith("<network", StringComparison.Ordinal) || part.StartsWith("<?", StringComparison.Ordinal)
            ? part
            : $"<network><name>n</name>{part}</network>";
}
