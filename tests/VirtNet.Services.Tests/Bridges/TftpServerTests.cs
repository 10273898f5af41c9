using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Services.Tests.Leases;
using VirtNet.Services.Tftp;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>The TFTP service on an interface of a private namespace.</summary>
public class TftpServerTests
{
    [Fact]
    public Task One_client_has_a_few_reads_and_another_one_its_file() => RunAsync(async (service, folder, log) =>
    {
        List<UdpClient> reading = [];
        for (int i = 0; i < 50; i++)
        {
            reading.Add(Ask("127.0.0.1", "boot"));
        }

        Assert.Equal(TftpLimits.TransfersPerClient, reading.Count(client => Answer(client, 300) is not null));
        Assert.Contains(log.Lines, line => line.Id == 702 && line.Text.Contains("Network lab: 127.0.0.1", StringComparison.Ordinal));
        using UdpClient other = Ask("127.0.0.2", "boot");
        Assert.Equal("\0\u0003\0\u0001yes", Answer(other, 3000));
        await service.StopAsync(TestLease.Network);
        reading.ForEach(client => client.Dispose());
    });

    [Fact]
    public Task What_is_no_file_beneath_the_root_is_refused_and_a_link_out_of_it_is_said() => RunAsync(async (service, folder, log) =>
    {
        using UdpClient client = Ask("127.0.0.1", "out");
        Assert.StartsWith("\0\u0005\0\u0002", Answer(client, 3000), StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.Id == 703 && line.Text.Contains("'out'", StringComparison.Ordinal));
        using UdpClient writer = Ask("127.0.0.1", "boot", opcode: 2);
        Assert.StartsWith("\0\u0005\0\u0004", Answer(writer, 3000), StringComparison.Ordinal);
        using UdpClient unfinished = new();
        unfinished.Send("\0\u0001boot"u8, "127.0.0.1", 69);
        Assert.StartsWith("\0\u0005\0\u0004", Answer(unfinished, 3000), StringComparison.Ordinal);
        using UdpClient mailer = Ask("127.0.0.1", "boot", mode: "mail");
        Assert.StartsWith("\0\u0005\0\u0004", Answer(mailer, 3000), StringComparison.Ordinal);
        await service.ApplyAsync(Network(folder.Path), TestContext.Current.CancellationToken);
        using UdpClient again = Ask("127.0.0.1", "secret");
        Assert.Equal("\0\u0003\0\u0001no", Answer(again, 3000));
    });

    /// <summary>Names and options as Windows' boot manager writes them: backslashes, the length first, then a window of large blocks.</summary>
    [Fact]
    public Task Windows_boot_manager_is_served() => RunAsync(async (service, folder, log) =>
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "root", "Boot", "Fonts"));
        byte[] image = new byte[3000];
        Array.Fill(image, (byte)'x');
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "root", "Boot", "BCD"), image, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "root", "Boot", "Fonts", "wgl4_boot.ttf"), "font", TestContext.Current.CancellationToken);
        using UdpClient asking = Ask("127.0.0.1", "\\Boot\\BCD\0octet\0tsize\00\0blksize\01456\0windowsize\04\0x");
        Assert.Equal("\0\u0006blksize\01456\0tsize\03000\0windowsize\04\0", Answer(asking, 3000));
        using UdpClient font = Ask("127.0.0.2", @"Boot\Fonts\wgl4_boot.ttf");
        Assert.Equal("\0\u0003\0\u0001font", Answer(font, 3000));
        using UdpClient outside = Ask("127.0.0.3", @"\..\secret");
        Assert.StartsWith("\0\u0005\0\u0002", Answer(outside, 3000), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_file_is_sent_over_IPv6_too() => RunAsync((service, folder, log) =>
    {
        using UdpClient client = Ask("::1", "boot");
        Assert.Equal("\0\u0003\0\u0001yes", Answer(client, 3000));
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_repeated_request_begins_nothing_and_another_one_from_the_same_port_begins_anew() => RunAsync(async (service, folder, log) =>
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "root", "next"), "later", TestContext.Current.CancellationToken);
        using UdpClient client = Ask("127.0.0.1", "boot");
        Assert.Equal("\0\u0003\0\u0001yes", Answer(client, 3000));
        Send(client, "boot", 1);
        Send(client, "next", 1);
        Assert.Equal("\0\u0003\0\u0001later", Answer(client, 3000));
    });

    [Fact]
    public Task Blocks_have_their_first_size_where_a_line_says_so() => RunAsync(async (service, folder, log) =>
    {
        using UdpClient asking = Ask("127.0.0.1", "boot\0octet\0blksize\01024\0x");
        Assert.StartsWith("\0\u0006blksize", Answer(asking, 3000), StringComparison.Ordinal);
        await service.ApplyAsync(
            Network(folder["root"]) with { DnsmasqOptions = ["tftp-no-blocksize"] }, TestContext.Current.CancellationToken);
        using UdpClient refused = Ask("127.0.0.2", "boot\0octet\0blksize\01024\0x");
        Assert.Equal("\0\u0003\0\u0001yes", Answer(refused, 3000));
    });

    private static Task RunAsync(Func<TftpService, TempFolder, ListLogger<TftpService>, Task> test) => PrivateHost.RunAsync(async host =>
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["root"]);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "root", "boot"), "yes", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["secret"], "no", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "root", "out"), "../secret");
        ListLogger<TftpService> log = new();
        await using TftpService service = new(followLinks: false, KeptByNobody.Sockets, TimeProvider.System, log);
        await service.ApplyAsync(Network(folder["root"]), TestContext.Current.CancellationToken);
        await test(service, folder, log);
    });

    private static NetworkDefinition Network(string root) => new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "lo" },
        Ips = [new IpDefinition(IPAddress.Loopback) { Prefix = 8, TftpRoot = root }],
    };

    private static UdpClient Ask(string source, string file, byte opcode = 1, string mode = "octet")
    {
        UdpClient client = new(new IPEndPoint(IPAddress.Parse(source), 0));
        Send(client, file, opcode, mode);
        return client;
    }

    private static void Send(UdpClient client, string file, byte opcode, string mode = "octet") => client.Send(
        [0, opcode, .. Encoding.ASCII.GetBytes($"{file}\0{mode}\0")],
        new IPEndPoint(client.Client.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 69));

    private static string? Answer(UdpClient client, int milliseconds)
    {
        client.Client.ReceiveTimeout = milliseconds;
        IPEndPoint? peer = null;
        try
        {
            return Encoding.ASCII.GetString(client.Receive(ref peer));
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
