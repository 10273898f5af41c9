using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Guests that check signatures themselves, on a network whose upstream has a signed zone.</summary>
public class SignedZoneTests
{
    private const string Network = """
        <network><name>names</name><forward mode='nat'/><bridge name='virbr0'/>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
        </network>
        """;

    /// <summary>
    /// Signs a zone in which one address is changed afterwards, serves it and answers for the rest of the world that there is
    /// nothing. Bind need not be installed: <c>$1</c> holds Debian's packages as they are unpacked.
    /// </summary>
    private const string Serve = """
        set -e
        export LD_LIBRARY_PATH=$(echo "$1"/usr/lib/*-linux-gnu) PATH=$1/usr/bin:$1/usr/sbin:$PATH
        cd "$2"
        printf '%s\n' '$TTL 300' '@ SOA ns.signed.test. root.signed.test. 1 3600 600 86400 300' '@ NS ns' 'ns A 203.0.113.1' \
          'www A 198.51.100.7' 'forged A 198.51.100.8' 'alias CNAME www' 'long TXT "'$(printf '%0200d' 0)'" "'$(printf '%0200d' 1)'"' >signed.zone
        ksk=$(dnssec-keygen -q -a ECDSAP256SHA256 -f KSK signed.test); dnssec-keygen -q -a ECDSAP256SHA256 signed.test >/dev/null
        dnssec-signzone -S -o signed.test -f zone signed.zone >/dev/null 2>&1
        sed -i 's/198\.51\.100\.8/198.51.100.9/' zone
        awk '$3 == "DNSKEY" { key = ""; for (i = 7; i <= NF; i++) key = key $i
          printf "trust-anchors { signed.test. static-key %s %s %s \"%s\"; };\n", $4, $5, $6, key }' "$ksk.key" >anchors
        printf 'options { directory "%s"; listen-on { 203.0.113.1; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile none; };
          controls { }; zone "signed.test" { type primary; file "zone"; };\n' "$2" >named.conf
        exec named -g -c "$2/named.conf"
        """;

    private static readonly string Bind = Environment.GetEnvironmentVariable("VIRTNET_BIND") ?? "/";

    [Fact]
    public async Task Signatures_come_through_the_forwarder_so_that_guests_can_check_them()
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Bind, "usr/sbin/named")) && File.Exists(Path.Combine(Bind, "usr/bin/kdig")),
            "needs bind9, bind9-utils and knot-dnsutils (installed, or unpacked in VIRTNET_BIND)");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        string folder = Directory.CreateDirectory(Path.Combine(lab.Scratch, "bind")).FullName;
        BackgroundProgram named = outside.Start("sh", "-c", Serve, "sh", Bind, folder);
        await lab.NetworkAsync("names", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        await guest.RunAsync("ip", "addr", "add", "192.168.122.50/24", "dev", "eth0");
        await Wait.UntilAsync(
            async () => named.HasEnded || (await DigAsync(guest, "+short", "www.signed.test")).Trim() == "198.51.100.7", "an answer", seconds: 60);
        Assert.False(named.HasEnded, named.Output);

        // delv walks from the zone's key to the record and believes nobody.
        Assert.Contains("; fully validated", await DelvAsync(guest, folder, "www.signed.test", "A"), StringComparison.Ordinal);
        Assert.Contains("; fully validated", await DelvAsync(guest, folder, "alias.signed.test", "A"), StringComparison.Ordinal);
        Assert.Contains("; fully validated", await DelvAsync(guest, folder, "long.signed.test", "TXT"), StringComparison.Ordinal);
        Assert.Contains("; negative response, fully validated", await DelvAsync(guest, folder, "nothing.signed.test", "A"), StringComparison.Ordinal);
        string forged = await DelvAsync(guest, folder, "forged.signed.test", "A");
        Assert.Contains("RRSIG failed to verify", forged, StringComparison.Ordinal);
        Assert.DoesNotContain("; fully validated", forged, StringComparison.Ordinal);

        // Signatures are for those who ask for them, and "authentic data" is nobody's word here.
        Assert.Contains("RRSIG", await DigAsync(guest, "+dnssec", "www.signed.test"), StringComparison.Ordinal);
        string plain = await DigAsync(guest, "+adflag", "www.signed.test");
        Assert.DoesNotContain("RRSIG", plain, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"flags:[^;]* ad", plain);
        foreach (string transport in (string[])["+notcp", "+tcp"])
        {
            string keys = await guest.RunAsync(
                "env", "LD_LIBRARY_PATH=" + Libraries(), Path.Combine(Bind, "usr/bin/kdig"), "+dnssec", transport, "+time=2", "@192.168.122.1",
                "signed.test", "DNSKEY");
            Assert.Matches(@"DNSKEY\s+257 3 13", keys);
            Assert.Contains("RRSIG", keys, StringComparison.Ordinal);
        }
    }

    private static string Libraries() =>
        Directory.EnumerateDirectories(Path.Combine(Bind, "usr/lib"), "*-linux-gnu").FirstOrDefault("/usr/lib");

    private static Task<string> DigAsync(NetworkNamespace guest, params string[] question) =>
        guest.RunAsync("dig", ["+time=2", "+tries=2", "@192.168.122.1", .. question]);

    /// <summary>What it found, and why it does not believe what it does not.</summary>
    private static async Task<string> DelvAsync(NetworkNamespace guest, string folder, string name, string type)
    {
        CommandResult result = await guest.TryAsync(
            "delv", "@192.168.122.1", "-a", Path.Combine(folder, "anchors"), "+root=signed.test", name, type);
        return result.Output + result.Error;
    }
}
