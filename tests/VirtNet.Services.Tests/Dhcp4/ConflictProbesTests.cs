using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dhcp4;

public class ConflictProbesTests
{
    private static readonly MacAddress Client = MacAddress.Parse("52:54:00:00:00:01");
    private static readonly MacAddress Stranger = MacAddress.Parse("52:54:00:00:00:99");

    private readonly FakeClock _clock = new();
    private readonly ConflictProbes _probes;

    public ConflictProbesTests() => _probes = new ConflictProbes(_clock);

    [Fact]
    public void A_silent_address_is_free_after_the_wait_and_for_a_while()
    {
        Assert.True(Park(7));
        Assert.Null(_probes.TakeSilent());
        _clock.Advance(ConflictProbes.Wait);
        Assert.Single(_probes.TakeSilent()!);
        Assert.True(_probes.IsSilent(7));
        Assert.False(_probes.IsRunning);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_probes.IsSilent(7));
    }

    [Fact]
    public void One_probe_serves_all_who_wait_for_the_address()
    {
        Assert.True(Park(7));
        Assert.False(Park(7));
        _clock.Advance(ConflictProbes.Wait);
        Assert.Equal(2, _probes.TakeSilent()!.Count);
    }

    [Fact]
    public void An_answer_ends_the_wait_and_the_address_is_not_free()
    {
        Park(7);
        Assert.True(_probes.TakeAnswer(7, Stranger, out IReadOnlyList<ParkedMessage> waiting));
        Assert.Single(waiting);
        Assert.False(_probes.IsSilent(7));
        _clock.Advance(ConflictProbes.Wait);
        Assert.Null(_probes.TakeSilent());
        Assert.False(_probes.IsRunning);
    }

    [Fact]
    public void A_late_answer_still_counts_and_one_to_nobodys_question_does_not()
    {
        Park(7);
        _clock.Advance(ConflictProbes.Wait);
        _probes.TakeSilent();
        Assert.True(_probes.TakeAnswer(7, Stranger, out IReadOnlyList<ParkedMessage> waiting));
        Assert.Empty(waiting);
        Assert.False(_probes.IsSilent(7));
        Assert.False(_probes.TakeAnswer(8, Stranger, out _));
    }

    [Fact]
    public void The_clients_own_answer_is_no_conflict()
    {
        Park(7);
        Assert.True(_probes.TakeAnswer(7, Client, out _));
        Assert.True(_probes.IsSilent(7));
    }

    [Fact]
    public void A_flood_of_new_clients_is_not_a_flood_of_probes()
    {
        int sent = 0;
        for (uint address = 0; address < 10_000; address++)
        {
            sent += Park(address) ? 1 : 0;
        }

        Assert.Equal(2000, sent);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Park(20_000));
    }

    private bool Park(uint address) =>
        _probes.TryPark(address, new ParkedMessage([], 0, 0, false, Client, 0), out bool isNew) && isNew;
}
