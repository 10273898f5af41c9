using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public sealed class DescriptorReserveTests
{
    [Fact]
    public void A_network_is_refused_while_there_still_are_descriptors_and_it_is_said_where_there_are_more()
    {
        Assert.Null(DescriptorReserve.Objection("lab", used: 1024 - DescriptorReserve.Reserve, limit: 1024));
        Assert.Null(DescriptorReserve.Objection("lab", used: 1_000_000, limit: ulong.MaxValue));
        string refusal = DescriptorReserve.Objection("lab", used: 1025 - DescriptorReserve.Reserve, limit: 1024)!.Message;
        Assert.Contains("network 'lab': virtnetd may have 1024 files and sockets", refusal, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_stands_against_a_network_of_a_process_with_many_left() => Assert.Null(DescriptorReserve.Objection("lab"));
}
