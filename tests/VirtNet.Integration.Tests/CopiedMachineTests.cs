using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Machines that were copied together with what they call themselves by: each has addresses of its own.</summary>
public class CopiedMachineTests
{
    private const string Network = """
        <network><name>copies</name><forward mode='nat'/><bridge name='virbr0'/><domain name='lab.test'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
          <ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::1ff'/></dhcp></ip>
        </network>
        """;

    private const string Uuid = "00112233445566778899aabbccddeeff";
    private const string Duid = "0004" + Uuid;

    [Theory]
    [InlineData("udhcpc")]
    [InlineData("dhclient")]
    public async Task Copies_with_one_client_id_get_an_address_each_and_the_log_names_them(string client)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("copies", Network);
        List<string> addresses = [];
        foreach (string name in (string[])["g1", "g2"])
        {
            NetworkNamespace guest = await lab.PlugGuestAsync("virbr0", name);
            addresses.Add((await guest.ObtainAsync(client, name, lab.Scratch, "ff00000001" + Duid)).Split(' ')[0]);
        }

        Assert.Equal(2, addresses.Distinct().Count());
        await ExpectWarningAsync(lab);
    }

    [Theory]
    [InlineData("dhcpcd", false)] // numbers its interfaces by their cards, so what it says of itself differs in the end
    [InlineData("networkd", true)]
    public async Task Copies_with_one_DUID_get_addresses_of_both_families_each(string client, bool isSame)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("copies", Network);
        List<string> addresses = [];
        foreach (string name in (string[])["g1", "g2"])
        {
            NetworkNamespace guest = await lab.PlugGuestAsync("virbr0", name);
            BackgroundProgram program = client == "dhcpcd"
                ? await guest.StartDhcpcdAsync(lab.Scratch, Duid) : await guest.StartNetworkdAsync(lab.Scratch, Uuid);
            string[] got = [];
            await Wait.UntilAsync(
                async () =>
                {
                    got = await AddressesAsync(guest);
                    return program.HasEnded || got.Length == 2;
                },
                $"both addresses of {name}",
                seconds: 30);
            Assert.False(program.HasEnded, program.Output);
            addresses.AddRange(got);
        }

        Assert.Equal(4, addresses.Distinct().Count());
        if (isSame)
        {
            await ExpectWarningAsync(lab);
        }
    }

    private static Task ExpectWarningAsync(NetworkLab lab) => Wait.UntilAsync(
        () => Task.FromResult(lab.Daemon!.Output.Contains("client id", StringComparison.Ordinal)), "the warning about one client id");

    /// <summary>Those that were given out, without their prefix lengths.</summary>
    private static async Task<string[]> AddressesAsync(NetworkNamespace guest)
    {
        string all = await guest.ShellAsync("ip -o addr show dev eth0 scope global | awk '{print $4}' | cut -d/ -f1");
        return [.. all.Split('\n').Where(address =>
            address.StartsWith("192.168.122.", StringComparison.Ordinal) || address.StartsWith("fd00:122::1", StringComparison.Ordinal))];
    }
}
