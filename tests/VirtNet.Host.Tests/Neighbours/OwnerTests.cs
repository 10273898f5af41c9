using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Tests.Neighbours;

public class OwnerTests
{
    [Theory]
    [InlineData("ufw-user-forward", "ufw")]
    [InlineData("DOCKER-ISOLATION-STAGE-2", "Docker")]
    [InlineData("LIBVIRT_FWI", "libvirt")]
    [InlineData("KUBE-FORWARD", "Kubernetes")]
    [InlineData("NETAVARK_FORWARD", "Podman (netavark)")]
    [InlineData("ts-forward", "Tailscale")]
    [InlineData("CNI-FORWARD", "a CNI plugin")]
    [InlineData("cali-FORWARD", "Calico")]
    public void A_rule_is_its_chains_owners(string chain, string owner)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved(
            $"*filter\n:FORWARD ACCEPT [0:0]\n:{chain} - [0:0]\n-A FORWARD -j {chain}\n-A {chain} -j DROP\nCOMMIT\n");
        Assert.Equal(owner, Assert.Single(Recorded.CutOffs(tables, Recorded.Network())).Owner.Name);
    }

    [Theory]
    [InlineData("firewalld", "firewalld")]
    [InlineData("docker-bridges", "Docker")]
    [InlineData("netavark", "Podman (netavark)")]
    [InlineData("f2b-table", "fail2ban")]
    public void A_rule_is_its_tables_owners(string table, string owner) =>
        Assert.Equal(owner, Assert.Single(Recorded.CutOffs(
            Recorded.Rule("inet", table, "forward", "accept", """{"drop": null}"""), Recorded.Network())).Owner.Name);

    [Fact]
    public void A_rule_is_whose_its_comment_says()
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved(
            "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m comment --comment \"generated for Incus network x\" -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n");
        Assert.Equal(Neighbour.Incus, Assert.Single(Recorded.CutOffs(tables, Recorded.Network())).Owner.Who);
    }

    [Fact]
    public void Two_who_set_policies_in_one_table_are_both_named()
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved(
            "*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n:ufw-before-forward - [0:0]\n-A FORWARD -j DOCKER-USER\n-A FORWARD -j ufw-before-forward\nCOMMIT\n");
        Assert.Equal("ufw or Docker", Assert.Single(Recorded.CutOffs(tables, Recorded.Network())).Owner.Name);
    }

    /// <summary>The iptables backend's own rules are in libvirt's chains.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("-A LIBVIRT_FWI -o mine -j REJECT --reject-with icmp-port-unreachable\n", "")]
    [InlineData("-A LIBVIRT_FWI -d 10.1.0.0/24 -i up0 -o mine -j ACCEPT\n", "")]
    [InlineData("-A LIBVIRT_FWI -o theirs -j REJECT --reject-with icmp-port-unreachable\n", "libvirt")]
    [InlineData("-A LIBVIRT_FWI -o mine -j REJECT --reject-with icmp-port-unreachable\n-A LIBVIRT_FWI -i theirs -o theirs -j ACCEPT\n-A LIBVIRT_FWX -i theirs -o theirs -j ACCEPT\n", "libvirt")]
    public void Libvirt_is_there_where_its_chains_hold_rules_about_bridges_of_others(string rules, string names)
    {
        IReadOnlyList<RuleTable> tables = Recorded.Saved(
            $"*filter\n:FORWARD ACCEPT [0:0]\n:LIBVIRT_FWI - [0:0]\n:LIBVIRT_FWX - [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j LIBVIRT_FWI\n{rules}COMMIT\n");
        Assert.Equal(names.Length == 0 ? ["Docker"] : ["Docker", names], Owner.AllOf(tables, bridge => bridge == "theirs"));
    }

    [Fact]
    public void Of_a_stranger_the_program_is_told_that_changed_the_rules()
    {
        CutOff cutOff = Assert.Single(CutOffs.Find(
            Recorded.Rule("inet", "corp", "forward", "accept", """{"drop": null}"""), Recorded.Network(), Recorded.Ways,
            ours: _ => false, RuleAuthors.Nobody.With([new TableName(1, "corp")], new Culprit(4711, "nft"))));
        Assert.Contains("last changed by nft (pid 4711)", cutOff.Text, StringComparison.Ordinal);
        Assert.Contains("(inet corp c, rule 'drop')", cutOff.Text, StringComparison.Ordinal);
    }

    /// <summary>The older tables are never announced, whatever else was changed before.</summary>
    [Fact]
    public void Who_changed_another_table_is_nobody_to_blame()
    {
        const string Drop = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n";
        RuleAuthors authors = RuleAuthors.Nobody.With([new TableName(2, "filter")], new Culprit(4711, "iptables"));
        Assert.Contains("iptables (pid 4711)", TextOf(RuleKeeper.IptablesNft, "ip"), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", TextOf(RuleKeeper.IptablesLegacy, "ip"), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", TextOf(RuleKeeper.IptablesNft, "ip6"), StringComparison.Ordinal);

        string TextOf(RuleKeeper keeper, string family) => Assert.Single(CutOffs.Find(
            Recorded.Saved(Drop, keeper, family), Recorded.Network(address: family == "ip6" ? "fd00:122::1" : "192.168.122.1"),
            Recorded.Ways, ours: _ => false, authors)).Text;
    }
}
