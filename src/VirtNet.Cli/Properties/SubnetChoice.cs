using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Properties;

/// <summary>
/// The addresses of a network as a user writes them: <c>auto</c>, <c>auto/LENGTH</c>, or a subnet. An address inside the subnet is
/// the gateway's; the subnet alone leaves that open. Only the daemon knows what is free on its host.
/// </summary>
/// <param name="Gateway">Null = left open.</param>
internal sealed record SubnetChoice(IPNetwork Subnet, IPAddress? Gateway)
{
    private const string Auto = "auto";

    /// <summary>What no host on a network can have for an address.</summary>
    private static readonly KeyValuePair<IPNetwork, string>[] NobodysAddresses =
    [
        new(IPNetwork.Parse("0.0.0.0/8"), "has no hosts"),
        new(IPNetwork.Parse("127.0.0.0/8"), "is every host's own"),
        new(IPNetwork.Parse("224.0.0.0/4"), "is for multicast"),
        new(IPNetwork.Parse("240.0.0.0/4"), "is reserved"),
        new(IPNetwork.Parse("::/8"), "is reserved"),
        new(IPNetwork.Parse("fe80::/10"), "is for addresses of single links"),
        new(IPNetwork.Parse("ff00::/8"), "is for multicast"),
    ];

    public bool IsIpv6 => Subnet.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The gateway, where it was left open the first address.</summary>
    public IPAddress GatewayOrFirst => Gateway ?? At(Subnet.BaseAddress, 1);

    /// <summary>What may stand against it some day; null = nothing is known.</summary>
    public string? Warning { get; private init; }

    /// <summary>As a user would write it.</summary>
    public string Text => Gateway is null ? Subnet.ToString() : $"{Gateway}/{Subnet.PrefixLength}";

    public static bool IsAuto(string text) => text == Auto || text.StartsWith(Auto + "/", StringComparison.Ordinal);

    /// <param name="except">A network whose own addresses do not count.</param>
    /// <param name="hold">It will be used: nobody else is told of it.</param>
    /// <param name="failure">The command's own line.</param>
    /// <exception cref="CommandFailure">It is somebody's, or no subnet.</exception>
    public static async Task<SubnetChoice> ResolveAsync(
        CommandContext context, string text, bool ipv6, NetworkRef? except, bool hold, string failure, CancellationToken cancellationToken)
    {
        if (IsAuto(text))
        {
            return await FindAsync(context, new SubnetQuestion(Wanted: null, ipv6, LengthOf(text), except, hold), failure, cancellationToken);
        }

        SubnetChoice choice = Parse(text, ipv6);
        SubnetQuestion question = new(
            choice.Subnet.ToString(), ipv6, (uint)choice.Subnet.PrefixLength, except, Hold: false);
        if (await AskAsync(context, question, cancellationToken) is { Owner: { } owner } answer)
        {
            if (answer.IsFirm)
            {
                throw new CommandFailure($"{failure}: {choice.Subnet} is taken by {owner}") { Hints = FreeHints(answer) };
            }

            return choice with { Warning = $"{choice.Subnet} is in {owner}, which may be used some day" };
        }

        return choice;
    }

    /// <summary>An <c>&lt;ip&gt;</c> of a network that has it.</summary>
    public XElement ToXml() => new(
        "ip",
        IsIpv6 ? new XAttribute("family", "ipv6") : null,
        new XAttribute("address", GatewayOrFirst),
        new XAttribute("prefix", Subnet.PrefixLength.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The address that is so many behind another one.</summary>
    public static IPAddress At(IPAddress start, BigInteger offset)
    {
        byte[] bytes = start.GetAddressBytes();
        byte[] sum = (new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + offset).ToByteArray(isUnsigned: true, isBigEndian: true);
        Array.Clear(bytes);
        sum.CopyTo(bytes, bytes.Length - sum.Length);
        return new IPAddress(bytes);
    }

    /// <exception cref="CommandFailure">It is no subnet that a network can have.</exception>
    public static SubnetChoice Parse(string text, bool ipv6)
    {
        int bits = ipv6 ? 128 : 32;
        if (text.Split('/') is not [var address, var length]
            || !IPAddress.TryParse(address, out IPAddress? parsed)
            || (parsed.AddressFamily == AddressFamily.InterNetworkV6) != ipv6
            || (!ipv6 && address.Split('.').Length != 4)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
            || prefix < 1 || prefix > bits - 2)
        {
            string example = ipv6 ? "fd00:1:2:3::/64" : "192.168.150.0/24";
            throw new CommandFailure($"'{text}' is not an {(ipv6 ? "IPv6" : "IPv4")} subnet")
            {
                Hints = [$"for example {example}, or {Auto} for one that is free"],
            };
        }

        IPAddress first = Model.Subnet.NetworkAddress(parsed, prefix);
        if (Array.Find(NobodysAddresses, one => one.Key.Contains(first) || new IPNetwork(first, prefix).Contains(one.Key.BaseAddress)) is { Value: { } reason } taken)
        {
            throw new CommandFailure($"'{text}' is no subnet of guests: {taken.Key} {reason}");
        }

        return new SubnetChoice(new IPNetwork(first, prefix), parsed.Equals(first) ? null : parsed);
    }

    private static async Task<SubnetChoice> FindAsync(
        CommandContext context, SubnetQuestion question, string failure, CancellationToken cancellationToken)
    {
        SubnetAnswer answer;
        try
        {
            answer = await context.Session.Connection.Extensions.FindSubnetAsync(question, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(failure, e)
            {
                Hints = e.Code == VirErrorCode.NoSupport ? [$"this daemon cannot find a subnet: name one in the place of {Auto}"] : [],
            };
        }

        return answer.Free is { } free
            ? Parse(free, question.Ipv6)
            : throw new CommandFailure($"{failure}: no private subnet of that size is free on the daemon's host");
    }

    /// <returns>Null where the daemon does not know of such questions: starting the network will tell.</returns>
    private static async Task<SubnetAnswer?> AskAsync(
        CommandContext context, SubnetQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Session.Connection.Extensions.FindSubnetAsync(question, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code is VirErrorCode.NoSupport or VirErrorCode.Rpc or VirErrorCode.InvalidArgument)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> FreeHints(SubnetAnswer answer) => answer.Free is { } free ? [$"{free} is free"] : [];

    private static uint LengthOf(string text)
    {
        if (text == Auto)
        {
            return 0;
        }

        return uint.TryParse(text[(Auto.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out uint length) && length > 0
            ? length
            : throw new CommandFailure($"'{text}' has no prefix length behind the slash");
    }
}
