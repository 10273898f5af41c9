using VirtNet.Daemon.Driver;
using VirtNet.Host.Interfaces;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>Every host has a loopback interface; it is only looked at.</summary>
public sealed class InterfaceDriverTests : IDisposable
{
    private readonly HostInterfaces _interfaces = new();
    private readonly InterfaceDriver _driver;

    public InterfaceDriverTests() => _driver = new InterfaceDriver(_interfaces);

    public void Dispose() => _interfaces.Dispose();

    [Fact]
    public void An_interface_is_found_by_its_name_and_described()
    {
        InterfaceRef loopback = _driver.LookupByName("lo");
        Assert.Equal("lo", loopback.Name);
        Assert.StartsWith("<interface type='ethernet' name='lo'>", _driver.GetXml(loopback, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void All_interfaces_are_those_that_are_up_and_those_that_are_not()
    {
        string[] all = [.. Names(0)];
        Assert.Contains("lo", all);
        Assert.Equal(all.Order(StringComparer.Ordinal), Names(1).Concat(Names(2)).Order(StringComparer.Ordinal));
        Assert.Equal(all, Names(3));
        Assert.All(_driver.ListByState(active: true), found => Assert.True(_driver.IsActive(found)));
        Assert.All(_driver.ListByState(active: false), found => Assert.False(_driver.IsActive(found)));
    }

    [Fact]
    public void What_is_not_there_is_refused_with_libvirts_code()
    {
        InterfaceRef absent = new("absent0", "");
        VirtNetException[] refused =
        [
            Assert.Throws<VirtNetException>(() => _driver.LookupByName("absent0")),
            Assert.Throws<VirtNetException>(() => _driver.LookupByMac("02:00:00:00:be:ef")),
            Assert.Throws<VirtNetException>(() => _driver.GetXml(absent, 0)),
            Assert.Throws<VirtNetException>(() => _driver.IsActive(absent)),
        ];
        Assert.All(refused, e => Assert.Equal((VirErrorCode.NoInterface, VirErrorDomain.Interface), (e.Code, e.Domain)));
        Assert.Contains("with MAC address '02:00:00:00:be:ef'", refused[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_that_are_not_known_are_refused()
    {
        Assert.Contains("udevConnectListAllInterfaces", Assert.Throws<VirtNetException>(() => _driver.List(4)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "udevInterfaceGetXMLDesc",
            Assert.Throws<VirtNetException>(() => _driver.GetXml(new InterfaceRef("lo", ""), 2)).Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Names(uint flags) => _driver.List(flags).Select(found => found.Name);
}
