using VirtNet.Fuzz.Cli;
using VirtNet.Fuzz.Daemon;
using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Host;
using VirtNet.Fuzz.Model;
using VirtNet.Fuzz.Rpc;
using VirtNet.Fuzz.Services;
using VirtNet.Fuzz.Wire;

namespace VirtNet.Fuzz;

/// <summary>All that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new Dhcp4Target(),
        new Dhcp6Target(),
        new RouterSolicitationTarget(),
        new FrameTarget(),
        new DnsNameTarget(),
        new DnsQueryTarget(),
        new DnsResponseTarget(),
        new TftpTarget(),
        new XdrTarget(),
        new PacketInfoTarget(),
        new NetlinkTarget(),
        new Dhcp4MessageTarget(),
        new Dhcp4ConversationTarget(),
        new Dhcp6MessageTarget(),
        new Dhcp6ConversationTarget(),
        new DnsTarget(),
        new DnsmasqLineTarget(),
        new HostFilesTarget(),
        new TftpFolderTarget(),
        new RpcStreamTarget(),
        new RpcCallTarget(),
        new RpcMessageTarget(),
        new UriTarget(),
        new NetworkXmlTarget(),
        new NetworkSchemaTarget(),
        new NetworkPortTarget(),
        new NetworkUpdateTarget(),
        new MetadataTarget(),
        new NetworkExtensionTarget(),
        new MacMapTarget(),
        new GuestXmlTarget(),
        new CommandLineTarget(),
        new ConfigurationTarget(),
        new HostTextTarget(),
    ];

    /// <summary>Those of these names, or all where none is given.</summary>
    /// <exception cref="FormatException">One does not exist.</exception>
    public static IEnumerable<FuzzTarget> Named(IReadOnlyList<string> names) => names.Count == 0
        ? All
        : names.Select(name => All.FirstOrDefault(target => target.Name == name) ?? throw new FormatException($"no target {name}"));
}
