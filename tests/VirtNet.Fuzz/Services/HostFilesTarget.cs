using VirtNet.Fuzz.Engine;
using VirtNet.Services.Dns.Zone;

namespace VirtNet.Fuzz.Services;

/// <summary>The host's own hosts and resolv.conf: an administrator's files, and any program's that may write them.</summary>
internal sealed class HostFilesTarget : TextTarget
{
    public override string Name => "host-files";

    protected override IEnumerable<string> Texts =>
    [
        "127.0.0.1 localhost\n::1 ip6-localhost # six\n10.1.2.3\tbuild.example.org build\n\nbad line\n256.1.1.1 x\n",
        "# made by hand\nsearch example.org\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver fe80::1%lo\noptions edns0\n",
    ];

    protected override IEnumerable<string> Terms => ["nameserver ", "fe80::1%", "::ffff:1.2.3.4", "0x7f.1", " # ", "\n", "\r\n", "..", "a."];

    // Words of each line, names and their tables.
    public override long AllocationBound(int length) => 32 * 1024 + (200 * length);

    protected override void Decode(string text)
    {
        _ = HostsFile.Parse(text);
        Require.That(ResolvConf.Parse(text).Servers.Count <= 16, "a bounded number of servers");
    }
}
