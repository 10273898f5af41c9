using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Server;

namespace VirtNet.Fuzz.Rpc;

/// <summary>Connection URIs, as a client reads its user's and a server its client's.</summary>
internal sealed class UriTarget : TextTarget
{
    public override string Name => "uri";

    public override int MaxLength => 1024;

    protected override IEnumerable<string> Texts =>
    [
        "network:///system", "qemu+unix:///system?socket=/run/libvirt/x&name=qemu:///session", "network:/system?a=1;b=%2f#frag", "test:///default",
        "interface:///system", "qemu+ssh://host/system", "://", "network://host:17/system",
    ];

    protected override IEnumerable<string> Terms => ["://", "///", "?", "&", ";", "=", "#", "%", "%00", "%ff%fe", "+unix", "socket=", "name=", "network", "qemu"];

    public override long AllocationBound(int length) => 16 * 1024 + (100 * length);

    protected override void Decode(string text)
    {
        try
        {
            _ = LibvirtUri.Parse(text).ServerName;
        }
        catch (VirtNetException)
        {
            // refused, as documented
        }

        try
        {
            _ = OpenedUri.Parse(text, acceptHypervisors: true);
        }
        catch (VirtNetException)
        {
            // refused, as documented
        }
    }
}
