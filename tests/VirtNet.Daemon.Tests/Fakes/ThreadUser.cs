using System.Runtime.InteropServices;

namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>Uses files as somebody without any rights does: tests may be run by root, who may do all.</summary>
internal static partial class ThreadUser
{
    private const uint Nobody = 65534;

    /// <summary>On a thread of its own. All of it must happen there.</summary>
    public static void RunAsNobody(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            _ = SetFileSystemUser(Nobody); // of this thread alone, and its capabilities about files with it: setfsuid(2)
            try
            {
                action();
            }
#pragma warning disable CA1031 // it is the test's
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("as nobody", failure);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
