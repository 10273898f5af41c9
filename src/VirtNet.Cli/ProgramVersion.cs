namespace VirtNet.Cli;

internal static class ProgramVersion
{
    /// <summary>The version of libvirt whose API and texts these are.</summary>
    public const string Api = "11.3.0";

    public static string Short { get; } = typeof(ProgramVersion).Assembly.GetName().Version is { } version
        ? version.ToString(fieldCount: 3)
        : "0.0.0";

    public static string Long => $"virtnet {Short}\nSpeaks libvirt's network API and RPC protocol {Api}.\n";
}
