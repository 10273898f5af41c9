using VirtNet.Model.Updates;
using VirtNet.Rpc.Driver;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>One thing that a client, or a guest, asks of the daemon.</summary>
/// <param name="Text">For people.</param>
internal sealed record NetworkCall(int Network, string Text, Func<CrowdedHost, Task> Make)
{
    /// <summary>What must be done before, and takes its time.</summary>
    public Func<CrowdedHost, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    private static readonly string[] Flags = ["current", "live", "config", "both"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Something that makes sense for a network as it is now.</summary>
    public static NetworkCall Draw(int number, NetworkStanding standing, Random random) => (standing.Active, standing.Persistent) switch
    {
        (false, false) => random.Next(3) == 0 ? Create(number, random) : Define(number, random),
        (false, true) => random.Next(8) switch
        {
            < 4 => Start(number),
            4 => Define(number, random),
            5 => Update(number, random),
            6 => Autostart(number, !standing.Autostart),
            _ => Undefine(number),
        },
        _ => random.Next(16) switch
        {
            < 3 => Destroy(number),
            < 7 => Redefine(number, random),
            < 11 => Update(number, random),
            11 => Define(number, random),
            12 when standing.Persistent => Undefine(number),
            13 when standing.Persistent => Autostart(number, !standing.Autostart),
            _ when standing.GivesLeases => Lease(number, random.Next(1, 4)),
            _ => Destroy(number),
        },
    };

    public static NetworkCall Start(int number) => new(number, "start", host => host.Client.StartAsync(Of(number), Token));

    public static NetworkCall Destroy(int number) => new(number, "destroy", host => host.Client.DestroyAsync(Of(number), Token));

    public static NetworkCall Undefine(int number) => new(number, "undefine", host => host.Client.UndefineAsync(Of(number), Token));

    public static NetworkCall Autostart(int number, bool on) =>
        new(number, $"autostart {on}", host => host.Client.SetAutostartAsync(Of(number), on, Token));

    public static NetworkCall Define(int number, string xml) => new(number, $"define {xml}", host => host.Client.DefineAsync(xml, 0, Token));

    private static NetworkCall Define(int number, Random random) => Define(number, CrowdNetworks.Draw(number, random));

    private static NetworkCall Create(int number, Random random)
    {
        string xml = CrowdNetworks.Draw(number, random);
        return new(number, $"create {xml}", host => host.Client.CreateAsync(xml, 0, Token));
    }

    private static NetworkCall Redefine(int number, Random random)
    {
        string xml = CrowdNetworks.Draw(number, random);
        return new(number, $"redefine {xml}", host => host.Client.RedefineAsync(xml, RedefineFlags.None, Token));
    }

    private static NetworkCall Lease(int number, int guest) =>
        new(number, $"lease for guest {guest}", host => host.LeaseAsync(number)) { Prepare = host => host.PrepareLeaseAsync(number, guest) };

    private static NetworkCall Update(int number, Random random)
    {
        (NetworkUpdateSection section, string xml) = random.Next(4) switch
        {
            0 => (NetworkUpdateSection.IpDhcpHost, $"<host mac='52:54:00:00:00:01' name='one' ip='10.{number}.0.{random.Next(10, 12)}'/>"),
            1 => (NetworkUpdateSection.DnsTxt, $"<txt name='u.test' value='{random.Next(2)}'/>"),
            2 => (NetworkUpdateSection.PortGroup, "<portgroup name='p'/>"),
            _ => (NetworkUpdateSection.DnsHost, $"<host ip='10.{number}.0.77'><hostname>h.test</hostname></host>"),
        };
        NetworkUpdateCommand command = random.Next(3) == 0 ? NetworkUpdateCommand.Delete : NetworkUpdateCommand.AddLast;
        uint flags = (uint)random.Next(4);
        return new(number, $"update {Flags[flags]} {command} {xml}", host => host.Client.UpdateAsync(
            Of(number), new NetworkUpdateRequest((uint)command, (uint)section, -1, xml, flags), Token));
    }

    private static NetworkRef Of(int number) => new(CrowdNetworks.Name(number), CrowdNetworks.Uuid(number));
}

/// <summary>What a network is at one moment.</summary>
internal sealed record NetworkStanding(bool Active, bool Persistent, bool Autostart, bool GivesLeases);
