using System.Runtime.InteropServices;

namespace VirtNet.Linux.Files;

/// <content>Files of others: whose they are stays as it is.</content>
public static partial class AtomicFile
{
    /// <summary>Writes a file that exists anew and keeps its mode and owner. A link stays one; its target is replaced.</summary>
    public static void Replace(string path, byte[] content)
    {
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        File.OpenHandle(target, FileMode.Open, FileAccess.Write).Dispose(); // who may not write it may not replace it either
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp"; // in others' folders every other name may be somebody's
        Write(
            temporary,
            target,
            file =>
            {
                file.Write(content);
                CopyOwner(target, temporary);
            },
            durable: true,
            File.GetUnixFileMode(target));
    }

    private static void CopyOwner(string model, string path)
    {
        if (FileStatus.OfTarget(model) is not { } status || Libc.ChangeOwner(path, status.UserId, status.GroupId) != 0)
        {
            throw new IOException(
                $"cannot give '{path}' the owner of '{model}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
