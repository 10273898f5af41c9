using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <summary>A system call that failed, with its errno.</summary>
internal sealed class SystemCallException(string call, int errno)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    public const int AddressInUse = 98;
    public const int NoSuchDevice = 19;
    public const int NoSuchFamily = 97;

    public int Errno { get; } = errno;

    /// <summary>The system's words for the errno alone.</summary>
    public string Reason => Marshal.GetPInvokeErrorMessage(Errno);
}
