using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Cli.Takeover;

namespace VirtNet.Cli.Tests.Takeover;

public sealed class LibvirtRulesTests : IPrograms
{
    private const string State =
        "<networkstatus>FIREWALL<network><name>default</name><uuid>0a6cfaa4-5548-491b-8317-6bb5240c15ab</uuid><forward mode='nat'/>"
        + "<bridge name='virbr1'/><ip address='192.168.122.1' netmask='255.255.255.0'/></network></networkstatus>";

    /// <summary>Of libvirt 11.3, as nft lists them: of two networks, and one that somebody else put in.</summary>
    private const string NftTable =
        """
        table ip libvirt_network { # handle 1
        	chain forward { # handle 1
        		type filter hook forward priority filter; policy accept;
        		counter packets 1 bytes 84 jump guest_cross # handle 5
        	}

        	chain guest_output { # handle 3
        		ip saddr 192.168.122.0/24 iif "virbr1" counter packets 1 bytes 84 accept # handle 11
        		ip saddr 192.168.123.0/24 iif "virbr10" counter packets 1 bytes 84 accept # handle 21
        		iif "virbr1" counter packets 0 bytes 0 reject # handle 12
        	}

        	chain guest_nat { # handle 6
        		ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 counter packets 0 bytes 0 masquerade # handle 13
        		ip saddr 192.168.122.0/25 counter packets 0 bytes 0 return # handle 31
        	}
        }
        """;

    private readonly List<string> _run = [];
    private readonly Dictionary<string, string> _answers = [];
    private readonly Dictionary<string, string> _written = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_of_nftables_go_by_their_handles_in_one_transaction_and_those_of_others_stay()
    {
        _answers["nft -a list table ip libvirt_network"] = NftTable;
        await RemoveAsync("<firewall name='fwRemoval'><action layer='tc'/></firewall>");
        Assert.Equal(
            ["nft delete rule ip libvirt_network guest_output handle 11; delete rule ip libvirt_network guest_output handle 12; "
                + "delete rule ip libvirt_network guest_nat handle 13"],
            _run.Where(call => call.Contains("delete", StringComparison.Ordinal)));
        Assert.Equal(["tc filter del dev virbr1 parent 1: prio 2 protocol ip"], _run.Where(call => call.StartsWith("tc ", StringComparison.Ordinal)));
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Rules_of_iptables_go_by_their_own_text_in_one_transaction()
    {
        _answers["iptables -w -t filter -S"] =
            "-P FORWARD ACCEPT\n-N LIBVIRT_FWI\n-A FORWARD -j LIBVIRT_FWI\n-A FORWARD -i virbr1 -j DROP\n"
            + "-A LIBVIRT_FWI -o virbr1 -j REJECT --reject-with icmp-port-unreachable\n-A LIBVIRT_FWI -o virbr10 -j REJECT\n";
        _answers["iptables -w -t nat -S"] =
            "-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE\n-A LIBVIRT_PRT -s 192.168.123.0/24 -j MASQUERADE\n";
        await RemoveAsync();
        Assert.Equal(
            "*filter\n-D LIBVIRT_FWI -o virbr1 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n"
            + "*nat\n-D LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE\nCOMMIT\n",
            Assert.Single(_written).Value);
        Assert.Contains("iptables-restore -w --noflush /journal/iptables-rules", _run);
        Assert.DoesNotContain(_run, call => call.StartsWith("tc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_is_left_nothing_is_done()
    {
        await RemoveAsync();
        Assert.DoesNotContain(_run, call => call.Contains("restore", StringComparison.Ordinal) || call.Contains("delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guard_goes_where_libvirts_rules_are_and_is_there_once()
    {
        LibvirtRules rules = new(this);
        await rules.GuardAsync(["virbr0"], ofNftables: false, Token);
        Assert.Equal(4, _run.Count(call => call.Contains(" -I FORWARD 1 ", StringComparison.Ordinal)));
        _run.Clear();
        _answers["nft list table ip libvirt_network"] = NftTable;
        _answers["nft list table ip6 libvirt_network"] = NftTable;
        _answers["nft -a list table ip libvirt_network"] =
            "table ip libvirt_network {\n\tchain forward {\n\t\tct state established,related counter accept comment \"virtnet:guard\" # handle 9\n\t}\n}\n";
        await rules.GuardAsync(["virbr0"], ofNftables: false, Token);
        int removed = _run.IndexOf("nft delete rule ip libvirt_network forward handle 9");
        int added = _run.FindIndex(call => call.StartsWith("nft insert rule ip libvirt_network forward ", StringComparison.Ordinal));
        Assert.True(removed >= 0 && removed < added, string.Join('\n', _run));
        Assert.DoesNotContain(_run, call => call.Contains("-I FORWARD", StringComparison.Ordinal));
        Assert.DoesNotContain(_run, call => call.Contains("add table", StringComparison.Ordinal));
    }

    /// <summary>None of its networks ran since the host was booted: it would put its jumps before a guard in a chain without them.</summary>
    [Fact]
    public async Task A_guard_comes_before_the_jumps_of_a_table_that_libvirt_has_yet_to_make()
    {
        await new LibvirtRules(this).GuardAsync(["virbr0"], ofNftables: true, Token);
        int made = _run.FindIndex(call => call.StartsWith("nft add table ip libvirt_network; ", StringComparison.Ordinal));
        int guarded = _run.FindIndex(call => call.StartsWith("nft insert rule ip libvirt_network forward ", StringComparison.Ordinal));
        Assert.True(made >= 0 && made < guarded, string.Join('\n', _run));
        Assert.EndsWith("; add rule ip libvirt_network forward counter jump guest_output", _run[made], StringComparison.Ordinal);
        Assert.DoesNotContain(_run, call => call.Contains("-I FORWARD", StringComparison.Ordinal));
    }

    Task<ProgramResult> IPrograms.RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string call = $"{program} {string.Join(' ', arguments)}";
        _run.Add(call);
        bool asks = call.Contains("list", StringComparison.Ordinal);
        return Task.FromResult(_answers.TryGetValue(call, out string? answer)
            ? new ProgramResult(0, answer, "")
            : new ProgramResult(asks ? 1 : 0, "", asks ? "No such file or directory" : ""));
    }

    private Task RemoveAsync(string firewall = "") => new LibvirtRules(this).RemoveAsync(
        LiveNetwork.Parse(State.Replace("FIREWALL", firewall, StringComparison.Ordinal), "default.xml"),
        (name, content) =>
        {
            _written[name] = content;
            return "/journal/" + name;
        },
        Token);
}
