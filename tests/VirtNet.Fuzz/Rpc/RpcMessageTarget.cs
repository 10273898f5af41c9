using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Fuzz.Rpc;

/// <summary>Every message of the protocol, from clients and from servers; the first octet tells which.</summary>
internal sealed class RpcMessageTarget : FuzzTarget
{
    private static readonly NetworkRef Network = new("default", Guid.Parse("11111111-2222-3333-4444-555555555555"));
    private static readonly NetworkPortRef Port = new(Network, Guid.Parse("22222222-2222-3333-4444-555555555555"));
    private static readonly DhcpLease Lease = new("virbr0", 1, 0, "52:54:00:00:00:01", "1", "192.168.122.2", 24, "guest", "01:02");

    private static readonly TypedParameter[] Parameters =
        [new("a", 1), new("b", 2u), new("c", -3L), new("d", 4ul), new("e", 0.5), new("f", true), new("g", "text")];

    private readonly List<MessageShape> _shapes = [];
    private readonly List<byte[]> _seeds = [];

    public RpcMessageTarget()
    {
        Add(new OpenArguments("network:///system", 1));
        Add(new Int32Message(-7));
        Add(new BooleanMessage(true));
        Add(new UInt64Message(11_003_000));
        Add(new StringMessage("text"));
        Add(new XmlMessage("<network/>"));
        Add(new UuidMessage(Network.Uuid));
        Add(new NetworkMessage(Network));
        Add(new NetworkFlagsArguments(Network, 1));
        Add(new SetAutostartArguments(Network, true));
        Add(new XmlFlagsArguments("<network/>", 1));
        Add(new NetworkUpdateArguments(Network, new NetworkUpdateRequest(1, 2, -1, "<x/>", 3)));
        Add(new ListArguments(true, 3));
        Add(new GetLeasesArguments(Network, "52:54:00:00:00:01", true, 0));
        Add(new LeasesResult([Lease, Lease], 2));
        Add(new NetworkListResult([Network, Network], 2));
        Add(new NamesResult(["a", "b"]));
        Add(new SetMetadataArguments(Network, new MetadataChange(2, "<a/>", "k", "urn:x", 3)));
        Add(new GetMetadataArguments(Network, 2, "urn:x", 0));
        Add(new PortMessage(Port));
        Add(new PortFlagsArguments(Port, 0));
        Add(new LookupPortArguments(Network, Port.Uuid));
        Add(new CreatePortArguments(Network, "<networkport/>", 1));
        Add(new ListPortsArguments(Network, true, 0));
        Add(new PortListResult([Port], 1));
        Add(new GetPortParametersArguments(Port, 16, 0));
        Add(new PortParametersResult(Parameters));
        Add(new SetPortParametersArguments(Port, Parameters, 0));
        Add(new SetIdentityArguments(Parameters, 0));
        Add(new RegisterEventArguments(1, Network));
        Add(new LifecycleMessage(5, Network, 2));
        Add(new MetadataChangeMessage(5, Network, 2, "urn:x"));
        Add(new AuthListResult([AuthType.Polkit, AuthType.None]));
        Add(new NodeInfoResult("x86_64", 16_000_000, 8, 2400, 1, 1, 4, 2));
        Add(new PlanArguments("default", null));
        Add(new PlanResult([new PlanStep("create", "link", "virbr0", "bridge")]));
        Add(new ReleaseLeasesArguments(Network, "52:54:00:00:00:01", null));
        Add(new RegisterLeaseEventsArguments(Network));
        Add(new LeaseEventMessage(5, Network, 2, Lease));
        Add(new GetCountersArguments(Network));
        Add(new GetConditionsArguments(Network));
        Add(new ConditionsResult([new Condition(ConditionKind.CutOff, "ufw")]));
        Add(new GetPublicationsArguments(Network, PublicationDetail.Traffic));
        Add(new ReconnectArguments(Network, "52:54:00:00:00:01"));
        Add(new PublicationsResult([new PublicationInForce(
            Network, "web", "203.0.113.5", "tcp", "80", true, false, 7,
            [new PublicationTarget("web1", false, ["192.168.122.2"], "80", 1, false, TargetState.Up, null, 7)], ["a warning"])]));
        Add(new CountersResult([new Counter("dhcp4.offers", long.MaxValue)]));
        Add(new InterfaceMessage(new InterfaceRef("eth0", "52:54:00:00:00:01")));
        Add(new InterfaceFlagsArguments(new InterfaceRef("eth0", ""), 1));
        Add(new InterfaceListResult([new InterfaceRef("eth0", "")], 1));
        Add(RemoteError.From(VirtNetException.NoNetwork(Network.Uuid, "default"), maxText: 1000));
    }

    public override string Name => "rpc-message";

    public override IEnumerable<byte[]> Seeds => _seeds;

    public override IReadOnlyList<byte[]> Words =>
        [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 7], [0, 0, 0, 8], [0, 0, 0x40, 0], [0, 0, 0x40, 1], [0, 1, 0, 0], [0, 0x40, 0, 1], [0xff, 0xff, 0xff, 0xff]];

    // An array for a count that the data can hold, and the strings.
    public override long AllocationBound(int length) => 1024 + (64 * length);

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            _shapes[input[0] % _shapes.Count].Read(input[1..]);
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            _shapes[input[0] % _shapes.Count].RoundTrip(input[1..]);
        }
    }

    private void Add<TMessage>(TMessage seed)
        where TMessage : IXdrMessage<TMessage>
    {
        _seeds.Add([(byte)_shapes.Count, .. MessageShape.Write(seed)]);
        _shapes.Add(new MessageShape<TMessage>());
    }
}
