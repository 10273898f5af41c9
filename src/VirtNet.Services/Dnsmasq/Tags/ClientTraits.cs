using VirtNet.Model;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dnsmasq.Tags;

/// <summary>A client's message as far as tags depend on it, of either family; borrowed from its datagram.</summary>
internal readonly ref struct ClientTraits
{
    private readonly Dhcp4Message _ipv4;
    private readonly Dhcp6Message _ipv6;

    public ClientTraits(in Dhcp4Message message, MacAddress mac, string? clientId, string? sentName)
    {
        _ipv4 = message;
        Mac = mac;
        ClientId = clientId;
        SentName = sentName;
    }

    public ClientTraits(in Dhcp6Message message, MacAddress? mac, string clientId, string? sentName)
    {
        _ipv6 = message;
        IsIpv6 = true;
        Mac = mac;
        ClientId = clientId;
        SentName = sentName;
    }

    public bool IsIpv6 { get; }

    /// <summary>Null where it is not known.</summary>
    public MacAddress? Mac { get; }

    /// <summary>Client id or DUID, as lease lists show them.</summary>
    public string? ClientId { get; }

    /// <summary>
    /// The id without the zero that some clients put before text (RFC 2132, 9.14: no hardware address); lines name it without, or
    /// with. Null where there is none.
    /// </summary>
    public string? BareClientId => !IsIpv6 && ClientId is ['0', '0', ':', .. var rest] ? rest : null;

    /// <summary>What the client calls itself, with the domain that it says.</summary>
    public string? SentName { get; }

    /// <summary>The same without a domain.</summary>
    public string? Name => HostNames.FirstLabel(SentName);

    /// <summary>The value of an option; empty where the message does not have it.</summary>
    public ReadOnlySpan<byte> Option(int code) => IsIpv6 ? _ipv6.Find((Dhcp6OptionCode)code) : _ipv4.Find((Dhcp4OptionCode)code);

    /// <summary>A part of what a relay added (RFC 3046, 2.0).</summary>
    public ReadOnlySpan<byte> RelayOption(byte code) =>
        IsIpv6 ? [] : Dhcp4Message.FindSuboption(_ipv4.RelayAgentInformation, code);
}
