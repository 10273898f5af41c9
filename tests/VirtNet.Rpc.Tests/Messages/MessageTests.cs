using CsCheck;
using VirtNet.Model.Conditions;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Tests.Messages;

public sealed class MessageTests
{
    private static readonly NetworkRef Network = new("tnet", Guid.Parse("11111111-2222-3333-4444-555555555555"));
    private static readonly NetworkPortRef Port = new(Network, Guid.Parse("22222222-2222-3333-4444-555555555555"));

    private static PublicationInForce Published { get; } = new(
        Network, "web", "203.0.113.5", "tcp", "8443", true, true, ulong.MaxValue,
        [
            new PublicationTarget("web1", false, ["192.168.122.2", "fd00::2"], "443", 2, true, TargetState.Down, "it refuses", 7) { Open = 3, Octets = 4096 },
            new PublicationTarget(null, true, [], null, 1, false, TargetState.Up, null, null),
        ],
        ["no interface has 203.0.113.5"]);

    [Fact]
    public void Every_message_is_read_as_it_was_written()
    {
        AssertRoundTrip(new OpenArguments("network:///system", 1));
        AssertRoundTrip(new OpenArguments(null, 0));
        AssertRoundTrip(new Int32Message(-7));
        AssertRoundTrip(new BooleanMessage(true));
        AssertRoundTrip(new UInt64Message(11_003_000));
        AssertRoundTrip(new StringMessage("ü"));
        AssertRoundTrip(new XmlMessage("<ü/>"));
        AssertRoundTrip(new UuidMessage(Network.Uuid));
        AssertRoundTrip(new NetworkMessage(Network));
        AssertRoundTrip(new NetworkFlagsArguments(Network, 1));
        AssertRoundTrip(new SetAutostartArguments(Network, true));
        AssertRoundTrip(new XmlFlagsArguments("<network/>", 1));
        AssertRoundTrip(new NetworkUpdateArguments(Network, new NetworkUpdateRequest(1, 2, -1, "<x/>", 3)));
        AssertRoundTrip(new ListArguments(true, 3));
        AssertRoundTrip(new GetLeasesArguments(Network, "52:54:00:00:00:01", true, 0));
        AssertRoundTrip(new SetMetadataArguments(Network, new MetadataChange(2, "<a/>", "k", "urn:x", 3)));
        AssertRoundTrip(new SetMetadataArguments(Network, new MetadataChange(0, null, null, null, 0)));
        AssertRoundTrip(new GetMetadataArguments(Network, 2, "urn:x", 0));
        AssertRoundTrip(new PortMessage(Port));
        AssertRoundTrip(new PortFlagsArguments(Port, 0));
        AssertRoundTrip(new LookupPortArguments(Network, Port.Uuid));
        AssertRoundTrip(new CreatePortArguments(Network, "<networkport/>", 1));
        AssertRoundTrip(new ListPortsArguments(Network, true, 0));
        AssertRoundTrip(new GetPortParametersArguments(Port, 16, 0));
        AssertRoundTrip(new RegisterEventArguments(1, Network));
        AssertRoundTrip(new RegisterEventArguments(0, null));
        AssertRoundTrip(new LifecycleMessage(5, Network, 2));
        AssertRoundTrip(new MetadataChangeMessage(5, Network, 2, "urn:x"));
        AssertRoundTrip(new PlanArguments("default", null));
        AssertRoundTrip(new ReleaseLeasesArguments(Network, "52:54:00:00:00:01", null));
        AssertRoundTrip(new RegisterLeaseEventsArguments(null));
        AssertRoundTrip(new FindSubnetArguments(new SubnetQuestion("10.0.0.0/24", Ipv6: false, 24, Network, Hold: true)));
        AssertRoundTrip(new FindSubnetArguments(new SubnetQuestion(null, Ipv6: true, 64, null, Hold: false)));
        AssertRoundTrip(new FindSubnetResult(new SubnetAnswer("10.0.1.0/24", "interface eth0 (10.0.0.0/24)", IsFirm: true)));
        AssertRoundTrip(new FindSubnetResult(new SubnetAnswer(null, null, IsFirm: false)));
        AssertRoundTrip(new RenameArguments(Network, "other"));
        AssertRoundTrip(new AdoptArguments(Network, "<network/>", 7, "52:54:00:00:00:01"));
        AssertRoundTrip(new AdoptArguments(Network, null, 7, "52:54:00:00:00:01"));
        AssertRoundTrip(new GetConditionsArguments(null));
        Assert.Equal(["one", "two"], Pass(new WarningsResult(["one", "two"])).Warnings);
        AssertRoundTrip(new GetConditionsArguments(Network));
        AssertRoundTrip(new GetPublicationsArguments(Network, PublicationDetail.Warnings));
        AssertRoundTrip(new ReconnectArguments(Network, "52:54:00:00:00:01"));
        DhcpLease lease = new("virbr0", 1, 1, null, "7", "fd00::2", 64, "guest", null);
        AssertRoundTrip(new LeaseEventMessage(5, Network, 3, lease));
        AssertRoundTrip(new RedefineArguments("<network/>", RedefineFlags.Partial | RedefineFlags.DryRun));
        AssertRoundTrip(new NodeInfoResult("x86_64", 16_000_000, 8, 2400, 1, 1, 4, 2));
        AssertRoundTrip(new RemoteError(43, 19, "Network not found: a", 2, "Network not found: %1$s", "a", -1, -1));
    }

    [Fact]
    public void Earlier_clients_that_do_not_say_what_of_publications_they_ask_for_get_all()
    {
        XdrReader reader = new(Write(new GetConditionsArguments(Network)));
        Assert.Equal(new GetPublicationsArguments(Network, PublicationDetail.All), GetPublicationsArguments.Read(ref reader));
        Assert.False(reader.Failed);
    }

    [Fact]
    public void Every_list_is_read_as_it_was_written()
    {
        DhcpLease full = new("virbr0", 1, 0, "52:54:00:00:00:01", "1", "192.168.122.2", 24, "guest", "01:02");
        DhcpLease bare = new("virbr0", 0, 1, null, null, "fd00::2", 64, null, null);
        Assert.Equal([full, bare], Pass(new LeasesResult([full, bare], 2)).Leases);
        ImportLeasesArguments import = Pass(new ImportLeasesArguments(Network, [full, bare], "00:01:00:02"));
        Assert.Equal([full, bare], import.Leases);
        Assert.Equal((Network, "00:01:00:02"), (import.Network, import.ServerDuid));
        SharedLease theirs = new(full, "h2") { Replaces = 0 };
        SharedLease ended = new(bare, Host: null, HasEnded: true);
        ShareLeasesArguments share = Pass(new ShareLeasesArguments(
            Network, ShareLeasesArguments.All, new LeaseSharing("h1", IsAll: true, [theirs, ended], ["10.0.0.1"], "few are left")));
        Assert.Equal((Network, "h1", true, "few are left"), (share.Network, share.Sharing.Host, share.Sharing.IsAll, share.Sharing.Warning));
        Assert.Equal([theirs, ended], share.Sharing.Put);
        Assert.Equal(["10.0.0.1"], share.Sharing.Removed);
        SharedLeases shared = Pass(new SharedLeasesResult(new SharedLeases(Host: null, [ended, theirs]))).Leases;
        Assert.Null(shared.Host);
        Assert.Equal([ended, theirs], shared.Leases);
        Assert.Equal(new KeepLinkedArguments(15, "etcd is away"), Pass(new KeepLinkedArguments(15, "etcd is away")));
        Assert.Equal(new TellSharedArguments(Network, null), Pass(new TellSharedArguments(Network, null)));
        Assert.Equal([Network, Network], Pass(new NetworkListResult([Network, Network], 2)).Networks);
        Assert.Equal(["a", "b"], Pass(new NamesResult(["a", "b"])).Names);
        Assert.Equal([Port], Pass(new PortListResult([Port], 1)).Ports);
        Assert.Equal([AuthType.Polkit, AuthType.None], Pass(new AuthListResult([AuthType.Polkit, AuthType.None])).Types);
        PlanStep step = new("create", "link", "virbr0", "bridge");
        Assert.Equal([step], Pass(new PlanResult([step])).Steps);
        Counter counter = new("dhcp4.offers", long.MaxValue);
        Assert.Equal([counter], Pass(new CountersResult([counter])).Counters);
        Condition condition = new(ConditionKind.Warning, "leases are not written");
        Assert.Equal([condition], Pass(new ConditionsResult([condition])).Conditions);
        RedefinedItem item = new("mtu", null, "1400", ChangeEffect.NeedsLeaseRenewal);
        Redefinition redefinition = Pass(new RedefineResult(new Redefinition(Network, true, [item]))).Redefinition;
        Assert.Equal((Network, true), (redefinition.Network, redefinition.Done));
        Assert.Equal([item], redefinition.Items);
        TypedParameter[] parameters =
        [
            new("a", 1), new("b", 2u), new("c", -3L), new("d", 4ul), new("e", 0.5), new("f", true), new("g", "text"),
        ];
        Assert.Equal(parameters, Pass(new PortParametersResult(parameters)).Parameters);
        Assert.Equal(parameters, Pass(new SetPortParametersArguments(Port, parameters, 0)).Parameters);
        Assert.Equal(parameters, Pass(new SetIdentityArguments(parameters, 0)).Parameters);
    }

    [Fact]
    public void Publications_are_read_as_they_were_written()
    {
        PublicationInForce bare = new(Network, null, null, null, null, true, false, null, [], []);
        PublicationInForce full = Published;
        IReadOnlyList<PublicationInForce> read = Pass(new PublicationsResult([bare, full])).Publications;
        Assert.Equal(2, read.Count);
        Assert.Equivalent(bare, read[0], strict: true);
        Assert.Equivalent(full, read[1], strict: true);
    }

    [Fact]
    public void Lists_beyond_the_protocols_limits_are_not_written()
    {
        AssertOverflows(new NamesResult([.. Enumerable.Repeat("a", RpcLimits.Networks + 1)]));
        AssertOverflows(new NetworkListResult([.. Enumerable.Repeat(Network, RpcLimits.Networks + 1)], 1));
        AssertOverflows(new PortParametersResult([.. Enumerable.Repeat(new TypedParameter("a", 1), 17)]));
        AssertOverflows(new XmlMessage(new string('a', RpcLimits.String + 1)));
        AssertOverflows(new StringMessage(new string('a', RpcLimits.String + 1)));
    }

    [Fact]
    public void Every_message_is_refused_when_it_is_cut_off_anywhere()
    {
        AssertEveryCutFails(new NetworkUpdateArguments(Network, new NetworkUpdateRequest(1, 2, -1, "<x/>", 3)));
        AssertEveryCutFails(new SetMetadataArguments(Network, new MetadataChange(2, "<a/>", "k", "urn:x", 3)));
        AssertEveryCutFails(new LeasesResult([new DhcpLease("b", 1, 0, "m", "i", "a", 24, "h", "c")], 1));
        AssertEveryCutFails(new SetPortParametersArguments(Port, [new("a", 1), new("b", "c")], 0));
        AssertEveryCutFails(new PortListResult([Port], 1));
        AssertEveryCutFails(new NetworkListResult([Network], 1));
        AssertEveryCutFails(new PublicationsResult([Published]));
        AssertEveryCutFails(new RedefineResult(
            new Redefinition(Network, false, [new RedefinedItem("stp", "on", "off", ChangeEffect.Applied)])));
    }

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            Read<OpenArguments>(bytes);
            Read<NetworkUpdateArguments>(bytes);
            Read<GetLeasesArguments>(bytes);
            Read<LeasesResult>(bytes);
            Read<NetworkListResult>(bytes);
            Read<NamesResult>(bytes);
            Read<SetMetadataArguments>(bytes);
            Read<SetPortParametersArguments>(bytes);
            Read<SetIdentityArguments>(bytes);
            Read<PortListResult>(bytes);
            Read<RegisterEventArguments>(bytes);
            Read<AuthListResult>(bytes);
            Read<PlanResult>(bytes);
            Read<ReleaseLeasesArguments>(bytes);
            Read<LeaseEventMessage>(bytes);
            Read<CountersResult>(bytes);
            Read<ConditionsResult>(bytes);
            Read<RedefineArguments>(bytes);
            Read<RedefineResult>(bytes);
            Read<RemoteError>(bytes);
            Read<PublicationsResult>(bytes);
        });

    private static TMessage Pass<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage>
    {
        XdrReader reader = new(Write(message));
        TMessage read = TMessage.Read(ref reader);
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        return read;
    }

    private static void AssertRoundTrip<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage> => Assert.Equal(message, Pass(message));

    private static void AssertEveryCutFails<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage>
    {
        byte[] bytes = Write(message);
        for (int length = 0; length < bytes.Length; length++)
        {
            XdrReader reader = new(bytes.AsSpan(0, length));
            TMessage.Read(ref reader);
            Assert.True(reader.Failed);
        }
    }

    private static void AssertOverflows<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage>
    {
        XdrWriter writer = new(RpcLimits.Packet);
        message.Write(ref writer);
        Assert.True(writer.Overflowed);
        writer.Dispose();
    }

    private static byte[] Write<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage>
    {
        XdrWriter writer = new(RpcLimits.Packet);
        message.Write(ref writer);
        Assert.False(writer.Overflowed);
        byte[] bytes = writer.Written.ToArray();
        writer.Dispose();
        return bytes;
    }

    private static void Read<TMessage>(byte[] bytes)
        where TMessage : IXdrMessage<TMessage>
    {
        XdrReader reader = new(bytes);
        TMessage.Read(ref reader);
    }
}
