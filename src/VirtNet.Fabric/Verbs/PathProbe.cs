using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VirtNet.Fabric.Verbs;

/// <summary>How large a packet may be to reach another host whole.</summary>
internal static class PathProbe
{
    private const int IcmpHeader = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="mtu">The largest that is asked for, in octets with all headers.</param>
    /// <returns>In octets with all headers; 0 = it does not answer at all.</returns>
    public static async Task<int> LargestAsync(IPAddress host, int mtu, CancellationToken cancellationToken)
    {
        int header = (host.AddressFamily == AddressFamily.InterNetworkV6 ? 40 : 20) + IcmpHeader;
        if (await PassesAsync(host, mtu - header, cancellationToken))
        {
            return mtu;
        }

        int passes = 0;
        if (!await PassesAsync(host, passes, cancellationToken))
        {
            return 0;
        }

        int fails = mtu - header;
        while (fails - passes > 1)
        {
            int middle = (passes + fails) / 2;
            if (await PassesAsync(host, middle, cancellationToken))
            {
                passes = middle;
            }
            else
            {
                fails = middle;
            }
        }

        return passes + header;
    }

    /// <summary>Twice: one packet may be lost.</summary>
    private static async Task<bool> PassesAsync(IPAddress host, int payload, CancellationToken cancellationToken)
    {
        using Ping ping = new();
        for (int attempt = 0; attempt < 2; attempt++)
        {
            PingReply reply = await ping.SendPingAsync(
                host, Patience, new byte[payload], new PingOptions { DontFragment = true }, cancellationToken);
            if (reply.Status == IPStatus.Success)
            {
                return true;
            }
        }

        return false;
    }
}
