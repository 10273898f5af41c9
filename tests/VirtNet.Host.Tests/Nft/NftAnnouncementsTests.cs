using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Tests.Nft;

public class NftAnnouncementsTests
{
    private const int NewTable = 0;
    private const int NewChain = 3;
    private const int DeleteChain = 5;
    private const int NewRule = 6;
    private const int DeleteRule = 8;
    private const int DeleteSet = 11;
    private const int NewElement = 12;
    private const int DeleteElement = 14;

    [Theory]
    [InlineData(DeleteChain, 3, "guest_output_virbr1", "virbr1")]
    [InlineData(DeleteRule, 2, "guest_input_virbr1", "")] // a hook script's
    [InlineData(NewRule, 2, "guest_input_virbr1", "")]
    [InlineData(DeleteRule, 2, "guest_output", "everyone")]
    [InlineData(NewRule, 2, "translate", "everyone")]
    [InlineData(NewRule, 2, "forward", "everyone")]
    [InlineData(NewChain, 3, "forward", "everyone")] // its policy
    [InlineData(NewChain, 3, "guest_output_virbr1", "")]
    [InlineData(NewTable, 1, "virtnet", "everyone")] // its flags
    [InlineData(DeleteRule, 2, "somebody_elses", "")]
    [InlineData(DeleteSet, 2, "out4_24", "everyone")]
    [InlineData(DeleteElement, 2, "host4", "everyone")]
    public void An_announcement_names_whom_it_concerns(int kind, int attribute, string name, string concerned) =>
        Assert.Equal(concerned, Judge("virtnet", kind, attribute, name));

    [Fact]
    public void The_keys_of_deleted_elements_name_the_networks() =>
        Assert.Equal("virbr1,virbr2", Judge("virtnet", DeleteElement, 2, "out4_24", "virbr1", "virbr2"));

    [Fact]
    public void New_elements_harm_nobody() => Assert.Equal("", Judge("virtnet", NewElement, 2, "out4_24", "virbr1"));

    [Fact]
    public void Tables_of_others_are_theirs() => Assert.Equal("", Judge("filter", DeleteChain, 3, "guest_output_virbr1"));

    [Fact]
    public void Tables_of_other_families_are_others_whatever_their_name() =>
        Assert.Equal("", Judge(family: 2, keyLength: 4, "virtnet", DeleteElement, 2, "bridges", "a"));

    [Theory]
    [InlineData("bridges", 4)]
    [InlineData("bridges", 20)]
    [InlineData("cross", 16)]
    [InlineData("out4_24", 16)]
    public void A_key_that_is_none_of_ours_names_nobody(string set, int length) =>
        Assert.Equal("everyone", Judge(family: 1, length, "virtnet", DeleteElement, 2, set, "a"));

    private static string Judge(string table, int kind, int attribute, string name, params string[] keys) =>
        Judge(family: 1, keyLength: 20, table, kind, attribute, name, keys); // an interface and an address

    private static string Judge(uint family, int keyLength, string table, int kind, int attribute, string name, params string[] keys)
    {
        NetlinkWriter writer = new(new byte[1024]);
        writer.BeginMessage((NetlinkType)((10 << 8) | kind), NetlinkFlags.None);
        writer.WriteUInt32(family); // struct nfgenmsg
        writer.WriteAttribute(1, table);
        if (attribute != 1)
        {
            writer.WriteAttribute(attribute, name);
        }

        if (keys.Length > 0)
        {
            int list = writer.BeginNested(3);
            foreach (string bridge in keys)
            {
                int element = writer.BeginNested(1);
                int key = writer.BeginNested(1);
                byte[] value = new byte[keyLength];
                Encoding.UTF8.GetBytes(bridge, value);
                writer.WriteAttribute(1, value);
                writer.EndNested(key);
                writer.EndNested(element);
            }

            writer.EndNested(list);
        }

        writer.EndMessage();
        RuleDamage damage = new();
        foreach (NetlinkMessage message in new NetlinkMessages(writer.Written))
        {
            if (NfTablesMessage.TryParse(message) is { } change)
            {
                new NftAnnouncements().Judge(change, message, damage);
            }
        }

        return damage.Everyone ? "everyone" : string.Join(',', damage.Bridges);
    }
}
