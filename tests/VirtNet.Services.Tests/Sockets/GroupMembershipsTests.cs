using System.Globalization;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public class GroupMembershipsTests
{
    private const string Groups = "grep -c ' lo .*ff0200000000000000000000cafe' /proc/net/igmp6 || true";

    [Fact]
    public Task Many_are_those_of_a_few_sockets() => PrivateHost.RunAsync(async host =>
    {
        using GroupMemberships groups = new(KeptByNobody.Sockets);
        List<IDisposable> memberships = [.. Enumerable.Range(0, 600).Select(number => groups.Join(Group(number), Loopback))];
        Assert.Equal(3, groups.SocketCount);
        Assert.Equal(600, await CountAsync(host));

        memberships[0].Dispose();
        Assert.Equal(599, await CountAsync(host));
        memberships.ForEach(membership => membership.Dispose());
        Assert.Equal(0, groups.SocketCount);
        Assert.Equal(0, await CountAsync(host));
    });

    [Fact]
    public Task One_group_may_be_wanted_twice() => PrivateHost.RunAsync(async host =>
    {
        using GroupMemberships groups = new(KeptByNobody.Sockets);
        IDisposable first = groups.Join(Group(1), Loopback);
        using IDisposable second = groups.Join(Group(1), Loopback);
        first.Dispose();
        Assert.Equal(1, await CountAsync(host));
    });

    [Fact]
    public Task There_is_none_of_an_interface_that_is_not_there() => PrivateHost.RunAsync(_ =>
    {
        using GroupMemberships groups = new(KeptByNobody.Sockets);
        Assert.Equal(
            SystemCallException.NoSuchDevice, Assert.Throws<SystemCallException>(() => groups.Join(Group(1), 999)).Errno);
        return Task.CompletedTask;
    });

    private static int Loopback => (int)Libc.InterfaceIndex("lo");

    private static NetAddress Group(int number) =>
        NetAddress.From([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 0xfe, (byte)(number >> 8), (byte)number]);

    private static async Task<int> CountAsync(PrivateHost host) =>
        int.Parse(await host.ShellAsync(Groups), CultureInfo.InvariantCulture);
}
