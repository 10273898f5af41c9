using VirtNet.Host;
using VirtNet.Host.Commands;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public sealed class DescriptorReserveTests
{
    private const int Limit = 1500;

    [Fact]
    public void A_network_is_refused_while_there_still_are_descriptors_and_it_is_said_where_there_are_more()
    {
        Assert.Null(DescriptorReserve.Objection("lab", left: DescriptorReserve.Reserve, limit: 1024));
        string refusal = DescriptorReserve.Objection("lab", left: DescriptorReserve.Reserve - 1, limit: 1024)!.Message;
        Assert.Contains("network 'lab': virtnetd may have 1024 files and sockets", refusal, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_stands_against_a_network_of_a_process_with_many_left() => Assert.Null(DescriptorReserve.Objection("lab"));

    [Fact]
    public async Task It_counts_what_is_left_whichever_numbers_are_in_use() =>
        await new CliWrapCommandRunner().RunAsync(
            new HostCommand("sh",
            [
                "-c", $"ulimit -n {Limit}; exec \"$0\" -noColor -noLogo -explicit only -method \"$1\"", Environment.ProcessPath!,
                $"{typeof(DescriptorReserveTests).FullName}.{nameof(In_a_process_with_few_descriptors)}",
            ]),
            TestContext.Current.CancellationToken);

    /// <summary>In a process of its own, as it takes all that there are.</summary>
    [Fact(Explicit = true)]
    public void In_a_process_with_few_descriptors()
    {
        Assert.Equal((ulong)Limit, Libc.DescriptorLimit());
        List<FileDescriptor> taken = [];
        while (DescriptorReserve.Objection("lab") is null)
        {
            taken.Add(Open().OutOfTheWay());
        }

        Assert.InRange(taken.Count, Limit / 2, Limit - DescriptorReserve.Reserve);

        // One that is given back makes room for one, wherever its number is.
        foreach (int index in (int[])[0, taken.Count / 2, taken.Count - 1])
        {
            taken[index].Dispose();
            Assert.Null(DescriptorReserve.Objection("lab"));
            taken[index] = Open();
            Assert.NotNull(DescriptorReserve.Objection("lab"));
        }

        // What is left is what was kept, but for the few that this process itself may open meanwhile.
        for (int i = 0; i < DescriptorReserve.Reserve - 16; i++)
        {
            taken.Add(Open());
        }

        taken.ForEach(descriptor => descriptor.Dispose());
        Assert.Null(DescriptorReserve.Objection("lab"));
    }

    private static FileDescriptor Open() => Libc.Checked(Libc.EventFd(0, Libc.EventFdCloseOnExec), "eventfd");
}
