using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>What guests are held to, as elements of the shared table of frames.</summary>
internal static class GuardElements
{
    public static readonly string[] OfPorts = [SpanTable.Guests, SpanTable.Locked, SpanTable.Owners, SpanTable.Open];

    public static readonly string[] OfAddresses = [SpanTable.Taken4, SpanTable.Taken6, SpanTable.Bound4, SpanTable.Bound6];

    public static readonly string[] OfRefusals = [SpanTable.RefusedCards, SpanTable.Refused4, SpanTable.Refused6];

    /// <summary>In the order in which they are added: first what is allowed, then what is forbidden but for that.</summary>
    public static IEnumerable<NftElement> Of(LockedPorts ports) =>
        ports.Guarded.SelectMany(port => Allowed(ports.Bridge, port))
            .Concat(ports.Guarded.Count == 0 ? [] : Known(ports).Select(mac => NftElement.Of(SpanTable.Known, Number(ports.Bridge), Mac(mac))))
            .Concat(ports.Guarded.Select(port => NftElement.Of(SpanTable.Guests, Number(port.Index))));

    private static IEnumerable<NftElement> Allowed(int bridge, GuardedPort port)
    {
        byte[] index = Number(port.Index);
        if (port.Owners is null)
        {
            yield return NftElement.Of(SpanTable.Open, index).To(Number(bridge));
            yield break;
        }

        foreach (MacAddress owner in port.Owners)
        {
            yield return NftElement.Of(SpanTable.Owners, index, Mac(owner)); // before it is held to them
        }

        yield return NftElement.Of(SpanTable.Locked, index);
    }

    /// <summary>Whose MAC addresses are not for anybody who comes.</summary>
    private static IEnumerable<MacAddress> Known(LockedPorts ports) =>
        ports.Guarded.SelectMany(port => port.Owners ?? []).Concat(ports.Gateway is { } gateway ? [gateway] : []).Distinct();

    /// <inheritdoc cref="Of(LockedPorts)"/>
    public static IEnumerable<NftElement> Of(SpanBindings bindings) => Of(bindings.Bindings.Concat(bindings.Formed), bindings.Taken).Distinct();

    /// <summary>What one network knows and another, or the same at another time, does not.</summary>
    public static IEnumerable<NftElement> Difference(SpanBindings? of, SpanBindings? from)
    {
        if (of is null)
        {
            return [];
        }

        bool sameForms = from is not null && of.Prefixes == from.Prefixes && of.Gateways == from.Gateways;
        SpanBinding[] bindings =
        [
            .. of.Bindings.Except(from?.Bindings ?? []).Where(binding => from is null || !from.IsFormed(binding.Address)),
            .. of.FormedBy(sameForms ? of.Guests.Except(from!.Guests) : of.Guests).Except(sameForms ? [] : from?.Formed ?? []),
        ];
        HashSet<IPAddress> taken = [.. from is null ? [] : from.Gateways.Concat(from.Bindings.Select(binding => binding.Address))];
        return Of(
            bindings,
            of.Gateways.Concat(bindings.Select(binding => binding.Address)).Where(address => !taken.Contains(address) && from?.IsFormed(address) != true))
            .Distinct();
    }

    private static IEnumerable<NftElement> Of(IEnumerable<SpanBinding> bindings, IEnumerable<IPAddress> taken) =>
        bindings.Select(binding => NftElement.Of(SpanElements.IsIpv6(binding.Address) ? SpanTable.Bound6 : SpanTable.Bound4, binding.Address, Mac(binding.Mac)))
            .Concat(taken.Select(address => NftElement.Of(SpanElements.IsIpv6(address) ? SpanTable.Taken6 : SpanTable.Taken4, address)));

    /// <summary>The port that an element is about.</summary>
    public static int PortOf(NftElement element) => MemoryMarshal.Read<int>(Convert.FromHexString(element.Key.AsSpan(0, 2 * sizeof(int))));

    /// <summary>The bridge that an element of <see cref="SpanTable.Known"/> is about.</summary>
    public static int BridgeOf(NftElement element) => PortOf(element);

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
    private static byte[] Number(int link)
    {
        byte[] octets = new byte[sizeof(int)];
        MemoryMarshal.Write(octets, link);
        return octets;
    }

    /// <summary>Each part of a key fills words.</summary>
    private static byte[] Mac(MacAddress mac) => [.. mac.ToArray(), 0, 0];
}
