namespace VirtNet.Integration.Tests.Lab;

/// <summary>Where the published programs are: VIRTNET_BIN, else <c>artifacts/bin</c> of the checkout.</summary>
internal static class Programs
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("VIRTNET_BIN") ?? Path.Combine(Checkout(), "artifacts", "bin");

    public static string Daemon => Path.Combine(Folder, "virtnetd");

    public static string Fabric => Path.Combine(Folder, "virtnet-fabricd");

    public static string Client => Path.Combine(Folder, "virtnet");

    /// <summary>The folder that holds <c>VirtNet.sln</c>.</summary>
    public static string Checkout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VirtNet.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside a checkout");
    }
}
