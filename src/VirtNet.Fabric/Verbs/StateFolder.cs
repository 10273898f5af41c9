using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Verbs;

/// <summary>The folder of the fabric's state, which the first verb makes.</summary>
internal static class StateFolder
{
    public static void Make(FabricPaths paths) =>
        Directory.CreateDirectory(paths.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
