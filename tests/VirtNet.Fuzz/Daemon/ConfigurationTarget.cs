using VirtNet.Daemon.Access;
using VirtNet.Daemon.Configuration;
using VirtNet.Fuzz.Engine;

namespace VirtNet.Fuzz.Daemon;

/// <summary>virtnetd.conf, and the kernel's line about a client's process, which holds a name of the client's choice.</summary>
internal sealed class ConfigurationTarget : TextTarget
{
    public override string Name => "configuration";

    protected override IEnumerable<string> Texts =>
    [
        "# virtnetd\nfirewall_backend = \"iptables\"\nlibvirt_sockets=yes # on\nunix_sock_rw_perms = \"0770\"\nauth_unix_rw = \"polkit\"\n",
        "unix_sock_group = \"libvirt#x\"\naccept_hypervisor_uris = 0\n",
        "1234 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n",
    ];

    protected override IEnumerable<string> Terms => ["=", "\"", "#", "\n", "firewall_backend", "unix_sock_ro_perms", "7777", "9", "yes", ")", " "];

    public override long AllocationBound(int length) => 16 * 1024 + (200 * length);

    protected override void Decode(string text)
    {
        try
        {
            _ = ConfigurationFile.Parse("virtnetd.conf", text.Split('\n'));
        }
        catch (ConfigurationException e)
        {
            Require.That(e.Message.Contains("virtnetd.conf", StringComparison.Ordinal), "a refusal names the file");
        }

        _ = ProcessStartTime.Parse(text);
    }
}
