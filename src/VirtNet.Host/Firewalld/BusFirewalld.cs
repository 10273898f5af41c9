using Tmds.DBus.Protocol;
using VirtNet.Host.Bus;

namespace VirtNet.Host.Firewalld;

/// <summary>firewalld over D-Bus.</summary>
public sealed class BusFirewalld(SystemBus bus) : IFirewalld
{
    private const string Service = "org.fedoraproject.FirewallD1";
    private const string Path = "/org/fedoraproject/FirewallD1";
    private const string Zones = Service + ".zone";
    private const string Policies = Service + ".policy";

    private const string ReloadedSignal = "Reloaded";
    private const string OwnerSignal = "NameOwnerChanged";

    private static readonly BusMethod GetZones = new(Service, Path, Zones, "getZones");
    private static readonly BusMethod GetPolicies = new(Service, Path, Policies, "getPolicies");
    private static readonly BusMethod GetActiveZones = new(Service, Path, Zones, "getActiveZones");
    private static readonly BusMethod ChangeZoneOfInterface = new(Service, Path, Zones, "changeZoneOfInterface", "ss");
    private static readonly BusMethod RemoveInterface = new(Service, Path, Zones, "removeInterface", "ss");

    private static readonly MatchRule[] Signals =
    [
        new() { Type = MessageType.Signal, Sender = Service, Interface = Service, Member = ReloadedSignal },
        new() { Type = MessageType.Signal, Sender = "org.freedesktop.DBus", Member = OwnerSignal, Arg0 = Service },
    ];

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => bus.IsOnBusAsync(Service, cancellationToken);

    public Task<IReadOnlySet<string>> ListZonesAsync(CancellationToken cancellationToken) => ListAsync(GetZones, cancellationToken);

    public Task<IReadOnlySet<string>> ListPoliciesAsync(CancellationToken cancellationToken) => ListAsync(GetPolicies, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ListInterfacesAsync(CancellationToken cancellationToken) =>
        bus.CallAsync(GetActiveZones, null, ReadInterfaces, cancellationToken);

    public Task SetZoneAsync(string device, string zone, CancellationToken cancellationToken) =>
        bus.CallAsync(ChangeZoneOfInterface, Pair(zone, device), cancellationToken);

    public async Task UnsetZoneAsync(string device, CancellationToken cancellationToken)
    {
        try
        {
            await bus.CallAsync(RemoveInterface, Pair("", device), cancellationToken);
        }
        catch (BusException e) when (e.Detail.Contains("UNKNOWN_INTERFACE", StringComparison.Ordinal))
        {
            // it is in no zone: what was asked for
        }
    }

    public IAsyncEnumerable<FirewalldSignal> WatchAsync(CancellationToken cancellationToken) =>
        bus.MayExist ? bus.WatchAsync(Signals, ReadSignal, cancellationToken) : AsyncEnumerable.Empty<FirewalldSignal>();

    private static FirewalldSignal? ReadSignal(Message message)
    {
        if (message.MemberAsString == ReloadedSignal)
        {
            return FirewalldSignal.Reloaded;
        }

        Reader reader = message.GetBodyReader();
        reader.ReadString(); // the name
        reader.ReadString(); // who had it
        return reader.ReadString().Length > 0 ? FirewalldSignal.Started : FirewalldSignal.Stopped;
    }

    /// <summary><c>a{sa{sas}}</c>: {"libvirt": {"interfaces": ["virbr0"]}, …}.</summary>
    private static IReadOnlyDictionary<string, string> ReadInterfaces(ref Reader reader)
    {
        Dictionary<string, string> zoneOf = [];
        ArrayEnd zones = reader.ReadDictionaryStart();
        while (reader.HasNext(zones))
        {
            string zone = reader.ReadString();
            ArrayEnd bindings = reader.ReadDictionaryStart();
            while (reader.HasNext(bindings))
            {
                string kind = reader.ReadString();
                foreach (string name in reader.ReadArrayOfString())
                {
                    if (kind == "interfaces")
                    {
                        zoneOf[name] = zone;
                    }
                }
            }
        }

        return zoneOf;
    }

    private static BusArguments Pair(string first, string second) => (ref MessageWriter writer) =>
    {
        writer.WriteString(first);
        writer.WriteString(second);
    };

    private Task<IReadOnlySet<string>> ListAsync(BusMethod method, CancellationToken cancellationToken) =>
        bus.CallAsync<IReadOnlySet<string>>(
            method, null, (ref Reader reader) => reader.ReadArrayOfString().ToHashSet(), cancellationToken);
}
