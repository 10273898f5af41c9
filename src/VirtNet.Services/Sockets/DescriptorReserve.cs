using System.Globalization;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Model;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Refuses a network before this process has no descriptors left: those that are left are for clients, files and the networks
/// that run.
/// </summary>
internal static class DescriptorReserve
{
    /// <summary>What a network with a handful of addresses needs, and some dozens of clients.</summary>
    public const long Reserve = 128;

    /// <returns>Why a network should not be served; null where nothing stands against it.</returns>
    public static VirtNetException? Objection(string network)
    {
        try
        {
            // The kernel gives the lowest number that is free: all below it are in use.
            using SafeFileHandle probe = File.OpenHandle("/dev/null");
            return Objection(network, used: probe.DangerousGetHandle(), Libc.DescriptorLimit());
        }
        catch (IOException)
        {
            return Objection(network, used: long.MaxValue, Libc.DescriptorLimit());
        }
    }

    /// <param name="used">How many descriptors are in use, at least.</param>
    internal static VirtNetException? Objection(string network, long used, ulong limit) =>
        (ulong)used + Reserve <= limit
            ? null
            : VirtNetException.Internal(string.Create(
                CultureInfo.InvariantCulture,
                $"network '{network}': virtnetd may have {limit} files and sockets, and nearly all are in use: "
                + $"raise LimitNOFILE= of virtnetd.service"));
}
