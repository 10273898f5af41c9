using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

public class ConflictProbesTests
{
    private const uint Address = 0x0a4d0010;

    private static readonly MacAddress Client = MacAddress.Parse("52:54:00:c0:00:01");
    private static readonly MacAddress Holder = MacAddress.Parse("52:54:00:c0:00:02");

    private readonly FakeTimeProvider _clock = new();
    private readonly ConflictProbes _probes;

    public ConflictProbesTests() => _probes = new ConflictProbes(_clock);

    [Fact]
    public void A_message_waits_for_an_answer_and_goes_on_when_none_came()
    {
        ParkedMessage message = Park(Address, expectNew: true);
        Assert.True(_probes.IsRunning);
        Assert.Null(_probes.TakeSilent());
        _clock.Advance(_probes.NextDue);
        Assert.Same(message, Assert.Single(_probes.TakeSilent()!));
        Assert.False(_probes.IsRunning);
        Assert.True(_probes.IsSilent(Address));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_probes.IsSilent(Address));
    }

    [Fact]
    public void An_answer_ends_the_wait_at_once()
    {
        ParkedMessage message = Park(Address, expectNew: true);
        Park(Address, expectNew: false);
        Assert.True(_probes.TakeAnswer(Address, Holder, out IReadOnlyList<ParkedMessage> waiting));
        Assert.Same(message, waiting[0]);
        Assert.Equal(2, waiting.Count);
        Assert.False(_probes.IsSilent(Address));
        _clock.Advance(ConflictProbes.Wait);
        Assert.Null(_probes.TakeSilent());
    }

    [Fact]
    public void The_clients_own_answer_is_no_conflict()
    {
        Park(Address, expectNew: true);
        Assert.True(_probes.TakeAnswer(Address, Client, out _));
        Assert.True(_probes.IsSilent(Address));
    }

    [Fact]
    public void A_late_answer_counts_and_one_that_nobody_asked_for_does_not()
    {
        Assert.False(_probes.TakeAnswer(Address, Holder, out _));
        Park(Address, expectNew: true);
        _clock.Advance(ConflictProbes.Wait);
        _probes.TakeSilent();
        Assert.True(_probes.TakeAnswer(Address, Holder, out IReadOnlyList<ParkedMessage> waiting));
        Assert.Empty(waiting);
        Assert.False(_probes.IsSilent(Address));
    }

    [Fact]
    public void An_address_that_is_given_out_all_the_same_is_silent_whoever_answers()
    {
        _probes.Disregard(Address);
        Assert.False(_probes.TakeAnswer(Address, Holder, out _));
        Assert.True(_probes.IsSilent(Address));
    }

    [Fact]
    public void Only_a_few_messages_wait_for_one_address()
    {
        for (int i = 0; i < 8; i++)
        {
            Park(Address, expectNew: i == 0);
        }

        Assert.False(_probes.TryPark(Address, Message(), out _));
    }

    private static ParkedMessage Message() => new([], Source: 0, SourcePort: 68, Unicast: false, Client, Attempt: 0);

    private ParkedMessage Park(uint address, bool expectNew)
    {
        ParkedMessage message = Message();
        Assert.True(_probes.TryPark(address, message, out bool isNew));
        Assert.Equal(expectNew, isNew);
        return message;
    }
}
