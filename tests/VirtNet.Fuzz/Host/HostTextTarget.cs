using VirtNet.Fuzz.Engine;
using VirtNet.Host.Iptables;

namespace VirtNet.Fuzz.Host;

/// <summary>What iptables-save prints.</summary>
internal sealed class HostTextTarget : TextTarget
{
    public override string Name => "host-text";

    protected override IEnumerable<string> Texts =>
    [
        "# Generated\n*filter\n:INPUT ACCEPT [0:0]\n:LIBVIRT_FWI - [0:0]\n-A FORWARD -j LIBVIRT_FWX\n-A LIBVIRT_FWI -d 10.0.0.0/24 -o virbr0 -j ACCEPT\nCOMMIT\n",
    ];

    protected override IEnumerable<string> Terms => ["*nat", ":", "-A ", " ", "\n", "[", "]"];

    public override long AllocationBound(int length) => 16 * 1024 + (200 * length);

    protected override void Decode(string text)
    {
        _ = IptablesState.Parse(text).LibvirtRules().Count();
    }
}
