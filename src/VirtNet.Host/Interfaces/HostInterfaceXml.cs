using System.Globalization;
using System.Security;
using System.Text;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Interfaces;

/// <summary>
/// Interfaces in libvirt's <c>&lt;interface&gt;</c> format, as its udev backend prints them: what a member has in common
/// with the interface above it is not repeated, and a bridge has neither link state nor MAC address.
/// </summary>
/// <param name="links">All links of the host.</param>
/// <param name="speedOf">By name; asked for links that are up.</param>
internal sealed class HostInterfaceXml(IReadOnlyList<LinkMessage> links, Func<string, int?> speedOf)
{
    private static readonly string[] BondModes =
        ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];

    private static readonly string[] ArpValidations = ["none", "active", "backup", "all"];

    private readonly StringBuilder _text = new();
    private int _depth;

    public string Format(LinkMessage link)
    {
        Append(link, isMember: false);
        return _text.ToString();
    }

    private void Append(LinkMessage link, bool isMember)
    {
        Open($"interface type='{TypeOf(link)}' name='{Escape(link.Name)}'");
        if (!isMember)
        {
            Line($"<mtu size='{link.Mtu}'/>");
        }

        if (link.Bridge is { } bridge)
        {
            Open($"bridge stp='{(bridge.Stp == 0 ? "off" : "on")}' delay='{bridge.ForwardDelay}'");
            AppendMembers(link);
            Close("bridge");
        }
        else
        {
            int? speed = link.State == OperationalState.Up ? speedOf(link.Name) : null;
            string speedAttribute = speed is null ? "" : string.Create(CultureInfo.InvariantCulture, $" speed='{speed}'");
            Line($"<link{speedAttribute} state='{link.State.ToString().ToLowerInvariant()}'/>");
            AppendKind(link);
        }

        Close("interface");
    }

    private void AppendKind(LinkMessage link)
    {
        if (link.Bond is { } bond)
        {
            Open($"bond mode='{BondModes.ElementAtOrDefault(bond.Mode) ?? BondModes[0]}'");
            AppendMonitor(bond);
            AppendMembers(link);
            Close("bond");
        }
        else if (link.VlanTag is { } tag)
        {
            Open($"vlan tag='{tag}'");
            if (links.FirstOrDefault(candidate => candidate.Index == link.Peer && !link.PeerElsewhere) is { } below)
            {
                Line($"<interface name='{Escape(below.Name)}'/>");
            }

            Close("vlan");
        }
        else if (link.Mac is { } mac)
        {
            Line($"<mac address='{mac}'/>");
        }
    }

    private void AppendMonitor(BondOptions bond)
    {
        if (bond.ArpInterval > 0)
        {
            string validate = bond.ArpValidate > 0 && ArpValidations.ElementAtOrDefault((int)bond.ArpValidate) is { } word
                ? $" validate='{word}'"
                : "";
            Line($"<arpmon interval='{bond.ArpInterval}' target='{bond.ArpTarget}'{validate}/>");
        }
        else if (bond.MiiInterval > 0)
        {
            string downDelay = bond.DownDelay > 0 ? $" downdelay='{bond.DownDelay}'" : "";
            string upDelay = bond.UpDelay > 0 ? $" updelay='{bond.UpDelay}'" : "";
            string carrier = bond.UseCarrier ? "netif" : "ioctl";
            Line($"<miimon freq='{bond.MiiInterval}'{downDelay}{upDelay} carrier='{carrier}'/>");
        }
    }

    private void AppendMembers(LinkMessage link)
    {
        foreach (LinkMessage member in links.Where(candidate => candidate.Master == link.Index)
            .OrderBy(candidate => candidate.Name, StringComparer.Ordinal))
        {
            Append(member, isMember: true);
        }
    }

    private static string TypeOf(LinkMessage link) => link switch
    {
        { Bridge: not null } => "bridge",
        { Bond: not null } => "bond",
        { VlanTag: not null } => "vlan",
        _ => "ethernet",
    };

    /// <summary>The kernel allows every character but blanks, slashes and colons in a name.</summary>
    private static string Escape(string name) => SecurityElement.Escape(name);

    private void Open(string tag)
    {
        Line($"<{tag}>");
        _depth++;
    }

    private void Close(string name)
    {
        _depth--;
        Line($"</{name}>");
    }

    private void Line(string line) => _text.Append(' ', 2 * _depth).Append(line).Append('\n');
}
