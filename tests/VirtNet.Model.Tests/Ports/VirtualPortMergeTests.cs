using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class VirtualPortMergeTests
{
    private static readonly VirtualPort Untyped = new(Type: null);
    private static readonly VirtualPort OpenVSwitch = new(VirtualPortType.OpenVSwitch);
    private static readonly VirtualPort Qbg = new(VirtualPortType.Vepa8021Qbg);

    [Fact]
    public void Without_a_type_anywhere_there_is_nothing_to_tell_a_switch() =>
        Assert.Null(VirtualPortMerge.Merge(Untyped with { ProfileId = "p" }, null, Untyped with { ProfileId = "q" }));

    [Fact]
    public void Parts_of_interface_network_and_portgroup_make_one()
    {
        VirtualPort? merged = VirtualPortMerge.Merge(
            Untyped with { InterfaceId = Id(1) }, OpenVSwitch, Untyped with { ProfileId = "p" });
        Assert.Equal(OpenVSwitch with { InterfaceId = Id(1), ProfileId = "p" }, merged);
    }

    [Fact]
    public void Equal_values_agree() => Assert.Equal(
        Qbg with { ManagerId = 1, TypeId = 2 },
        VirtualPortMerge.Merge(Qbg with { ManagerId = 1 }, Qbg with { ManagerId = 1, TypeId = 2 }, null));

    [Fact]
    public void A_parameter_that_the_type_does_not_have_is_left_behind() =>
        Assert.Equal(OpenVSwitch, VirtualPortMerge.Merge(OpenVSwitch, Untyped with { ManagerId = 1 }, null));

    [Fact]
    public void A_parameter_of_the_interface_that_the_networks_type_does_not_have_is_refused() => Refused(
        VirErrorCode.XmlError,
        "XML error: extra managerid unsupported in <virtualport type='openvswitch'>",
        () => VirtualPortMerge.Merge(Untyped with { ManagerId = 1 }, OpenVSwitch, null));

    public static TheoryData<string> Mismatches() => new(MismatchesByText.Keys);

    private static readonly Dictionary<string, (VirtualPort One, VirtualPort Other)> MismatchesByText = new()
    {
        ["types (openvswitch and 802.1Qbg)"] = (OpenVSwitch, Qbg),
        ["managerids (1 and 2)"] = (Qbg with { ManagerId = 1 }, Untyped with { ManagerId = 2 }),
        ["typeids (1 and 2)"] = (Qbg with { TypeId = 1 }, Untyped with { TypeId = 2 }),
        ["typeidversions (1 and 2)"] = (Qbg with { TypeIdVersion = 1 }, Untyped with { TypeIdVersion = 2 }),
        ["profileids ('a' and 'b')"] = (OpenVSwitch with { ProfileId = "a" }, Untyped with { ProfileId = "b" }),
        [$"instanceids ('{Id(1)}' and '{Id(2)}')"] = (Qbg with { InstanceId = Id(1) }, Qbg with { InstanceId = Id(2) }),
        [$"interfaceids ('{Id(1)}' and '{Id(2)}')"] =
            (OpenVSwitch with { InterfaceId = Id(1) }, Untyped with { InterfaceId = Id(2) }),
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public void Values_that_disagree_are_refused(string text)
    {
        (VirtualPort one, VirtualPort other) = MismatchesByText[text];
        string message = $"XML error: attempt to merge virtualports with mismatched {text}";
        Refused(VirErrorCode.XmlError, message, () => VirtualPortMerge.Merge(one, other, null));
        Refused(VirErrorCode.XmlError, message, () => VirtualPortMerge.Merge(one, null, other));
    }

    [Theory]
    [InlineData(VirtualPortType.Vepa8021Qbg, "managerid", "802.1Qbg")]
    [InlineData(VirtualPortType.VnLink8021Qbh, "profileid", "802.1Qbh")]
    [InlineData(VirtualPortType.MidoNet, "interfaceid", "midonet")]
    public void A_port_needs_what_its_type_asks_for(VirtualPortType type, string missing, string name) => Refused(
        VirErrorCode.XmlError,
        $"XML error: missing {missing} in <virtualport type='{name}'>",
        () => VirtualPortRules.Complete(new VirtualPort(type), Guid.NewGuid));
}
