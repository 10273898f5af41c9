using System.Globalization;
using System.Text;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>Networks by number: k7 has the bridge kb7 and 10.7.0.0/16. All else is drawn by lot.</summary>
internal static class CrowdNetworks
{
    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    public static string Bridge(int number) => string.Create(CultureInfo.InvariantCulture, $"kb{number}");

    public static Guid Uuid(int number) => new(0, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, (byte)number);

    /// <summary>What a network is before anything happens to it.</summary>
    public static string Base(int number) => Draw(number, new Random(number));

    /// <summary>Whether it runs, and starts at boot, before anything happens to it.</summary>
    public static bool RunsFirst(int number) => number % 4 != 3;

    public static bool StartsAtBoot(int number) => number % 3 == 0;

    /// <summary>One that has every kind of subnet and port range, so that what networks share does not come and go with others.</summary>
    public static string Everything(int number) => $"""
        <network><name>{Name(number)}</name><uuid>{Uuid(number)}</uuid>
          <forward mode='nat'><nat ipv6='yes'><port start='20000' end='30000'/></nat></forward><bridge name='{Bridge(number)}'/>
          <mac address='{Mac(number)}'/><ip address='10.{number}.0.1' prefix='24'/><ip address='10.{number}.9.1' prefix='26'/>
          <ip family='ipv6' address='fd00:{number}::1' prefix='64'/>
        </network>
        """;

    public static string Draw(int number, Random random)
    {
        bool hasAddresses = random.Next(8) > 0;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<network><name>{Name(number)}</name><uuid>{Uuid(number)}</uuid>");
        text.Append(!hasAddresses ? "" : Choose(
            random, "", "<forward mode='nat'/>", "<forward mode='nat'/>",
            "<forward mode='nat'><nat ipv6='yes'><port start='20000' end='30000'/></nat></forward>", "<forward mode='route'/>",
            "<forward mode='open'/>"));
        text.Append(CultureInfo.InvariantCulture, $"<bridge name='{Bridge(number)}' stp='{Choose(random, "on", "off")}' delay='{random.Next(3)}'/>");
        text.Append(Choose(random, "", "<mtu size='1400'/>")).Append(CultureInfo.InvariantCulture, $"<mac address='{Mac(number)}'/>");
        text.Append(Choose(random, "", "<domain name='a.test'/>", "<domain name='b.test' localOnly='yes'/>"));
        text.Append(Choose(random, "", "<dns><txt name='t.test' value='v'/></dns>"));
        text.Append(Choose(random, "", "", "", "", "", "", "", "<bandwidth><inbound average='1000'/></bandwidth>"));
        if (hasAddresses)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                <ip address='10.{number}.0.1' prefix='24'><dhcp>
                  <range start='10.{number}.0.100' end='10.{number}.0.{random.Next(150, 200)}'/></dhcp></ip>
                """);
            text.Append(Choose(random, "", $"<ip address='10.{number}.{random.Next(1, 4)}.1' prefix='{Choose(random, "24", "26")}'/>"));
            text.Append(Choose(random, "", $"<ip family='ipv6' address='fd00:{number}:{random.Next(2)}::1' prefix='64'/>"));
            text.Append(Choose(random, "", $"<route address='172.{random.Next(16, 18)}.{number}.0' prefix='24' gateway='10.{number}.0.9'/>"));
        }

        return text.Append("</network>").ToString();
    }

    public static string Choose(Random random, params ReadOnlySpan<string> values) => values[random.Next(values.Length)];

    private static string Mac(int number) => string.Create(CultureInfo.InvariantCulture, $"52:54:00:0b:00:{number:x2}");
}
