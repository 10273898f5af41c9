using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>What guests are held to, as elements of the shared table of frames.</summary>
internal static class GuardElements
{
    public static readonly string[] OfPorts = [SpanTable.Guests, SpanTable.Locked, SpanTable.Owners];

    public static readonly string[] OfAddresses = [SpanTable.Taken4, SpanTable.Taken6, SpanTable.Bound4, SpanTable.Bound6];

    public static readonly string[] OfRefusals = [SpanTable.RefusedCards, SpanTable.Refused4, SpanTable.Refused6];

    /// <summary>In the order in which they are added: first what is allowed, then what is forbidden but for that.</summary>
    public static IEnumerable<NftElement> Of(GuardedPort port)
    {
        byte[] index = Index(port.Index);
        foreach (MacAddress owner in port.Owners ?? [])
        {
            yield return NftElement.Of(SpanTable.Owners, index, Mac(owner)); // before it is held to them
        }

        if (port.Owners is not null)
        {
            yield return NftElement.Of(SpanTable.Locked, index);
        }

        yield return NftElement.Of(SpanTable.Guests, index);
    }

    /// <inheritdoc cref="Of(GuardedPort)"/>
    public static IEnumerable<NftElement> Of(SpanBindings bindings) => Of(bindings.Bindings, bindings.Taken);

    /// <summary>What one network knows and another, or the same at another time, does not.</summary>
    public static IEnumerable<NftElement> Difference(SpanBindings? of, SpanBindings? from) =>
        of is null ? [] : Of(of.Bindings.Except(from?.Bindings ?? []), of.Taken.Except(from?.Taken ?? []));

    private static IEnumerable<NftElement> Of(IEnumerable<SpanBinding> bindings, IEnumerable<IPAddress> taken) =>
        bindings.Select(binding => NftElement.Of(SpanElements.IsIpv6(binding.Address) ? SpanTable.Bound6 : SpanTable.Bound4, binding.Address, Mac(binding.Mac)))
            .Concat(taken.Select(address => NftElement.Of(SpanElements.IsIpv6(address) ? SpanTable.Taken6 : SpanTable.Taken4, address)));

    /// <summary>The port that an element is about.</summary>
    public static int PortOf(NftElement element) => MemoryMarshal.Read<int>(Convert.FromHexString(element.Key));

    /// <summary>The address that an element is about.</summary>
    public static IPAddress AddressOf(NftElement element) => new(
        Convert.FromHexString(element.Key).AsSpan(0, element.Set is SpanTable.Taken6 or SpanTable.Bound6 ? 16 : 4));

    /// <summary>The MAC or IP address that a port was refused.</summary>
    public static string RefusedIn(NftElement element)
    {
        byte[] value = Convert.FromHexString(element.Value);
        return element.Set == SpanTable.RefusedCards ? new MacAddress(value.AsSpan(0, MacAddress.Length)).ToString() : new IPAddress(value).ToString();
    }

    /// <summary>In the order of this machine's octets.</summary>
    private static byte[] Index(int port)
    {
        byte[] octets = new byte[sizeof(int)];
        MemoryMarshal.Write(octets, port);
        return octets;
    }

    /// <summary>Each part of a key fills words.</summary>
    private static byte[] Mac(MacAddress mac) => [.. mac.ToArray(), 0, 0];
}
