using System.Globalization;
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
    public const int Reserve = 128;

    /// <returns>Why a network should not be served; null where nothing stands against it.</returns>
    public static VirtNetException? Objection(string network)
    {
        ulong limit = Libc.DescriptorLimit();
        return AreHighestFree(limit) ? null : Objection(network, CountLeft(), limit);
    }

    /// <param name="left">How many more descriptors there may be, at least.</param>
    internal static VirtNetException? Objection(string network, int left, ulong limit) =>
        left >= Reserve
            ? null
            : VirtNetException.Internal(string.Create(
                CultureInfo.InvariantCulture,
                $"network '{network}': virtnetd may have {limit} files and sockets, and nearly all are in use: "
                + $"raise LimitNOFILE= of virtnetd.service"));

    /// <summary>
    /// Whether enough numbers at the upper end are free: they nearly always are, as the kernel gives the lowest ones, and to ask
    /// for them all is one call.
    /// </summary>
    private static bool AreHighestFree(ulong limit)
    {
        int end = (int)Math.Min(limit, int.MaxValue);
        if (end < Reserve)
        {
            return false;
        }

        Span<Libc.PollDescriptor> asked = stackalloc Libc.PollDescriptor[Reserve];
        for (int i = 0; i < Reserve; i++)
        {
            asked[i].Descriptor = end - Reserve + i;
        }

        if (Libc.Poll(ref asked[0], Reserve, timeout: 0) < Reserve)
        {
            return false;
        }

        foreach (Libc.PollDescriptor answered in asked)
        {
            if (answered.Happened != Libc.PollInvalid)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Goes from one free number to the next, as far as it matters, and holds one at a time. No single number tells: those of
    /// sockets begin beyond the others (<see cref="FileDescriptor.OutOfTheWay"/>), and what was closed leaves gaps.
    /// </summary>
    private static int CountLeft()
    {
        using FileDescriptor probe = Libc.EventFd(0, Libc.EventFdCloseOnExec);
        int left = probe.IsInvalid ? 0 : 1;
        for (int lowest = 0; left is > 0 and < Reserve; left++)
        {
            using FileDescriptor next = new(Libc.DuplicateFrom(probe, lowest));
            if (next.IsInvalid)
            {
                break;
            }

            lowest = (int)next.DangerousGetHandle() + 1;
        }

        return left;
    }
}
