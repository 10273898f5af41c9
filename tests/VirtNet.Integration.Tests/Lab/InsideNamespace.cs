using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// Runs code of the test itself inside a network namespace: on a thread of its own, which is never used again. Sockets
/// made there stay there, whoever uses them later.
/// </summary>
internal static partial class InsideNamespace
{
    private const int CloneNewNet = 0x40000000;

    public static T Run<T>(this NetworkNamespace space, Func<T> make)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle("/run/netns/" + space.Name);
                if (setns(handle, CloneNewNet) != 0)
                {
                    throw new IOException($"setns {space.Name}: errno {Marshal.GetLastPInvokeError()}");
                }

                result.SetResult(make());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        thread.Start();
        return result.Task.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle handle, int kind);
}
