using System.Net;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Iptables;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Netlink;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Neighbours;

public sealed class NeighbourhoodTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>How long code may take that runs for the first time, in steps in which the clock stands.</summary>
    private const int MomentsForCode = 1000;

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeDocker _docker = new();
    private readonly ConditionBoard _board = new();
    private readonly ListLogger _log = new();
    private readonly HashSet<string> _links = [];
    private readonly Neighbourhood _neighbours;
    private int _waysAsked;

    public NeighbourhoodTests()
    {
        IptablesPrograms programs = new(_docker);
        _neighbours = new Neighbourhood(
            new ForeignRulesets(_docker, programs, new IptablesVariants(programs, _clock), _ => [], new NftablesConf()),
            admits: true,
            () =>
            {
                _waysAsked++;
                return Recorded.Ways;
            },
            _links.Contains,
            _board,
            _clock,
            _log);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await _neighbours.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task What_was_added_elsewhere_is_gone_when_a_network_has_ended()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.True(_docker.Admits("virbr0"));
        await _neighbours.ForgetAsync(network.Uuid!.Value);
        Assert.Equal(["-j RETURN"], _docker.User);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rules_that_could_not_be_removed_with_their_network_are_removed_once_they_can_be()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        _docker.Refusal = "Another app is currently holding the xtables lock";
        await _neighbours.ForgetAsync(network.Uuid!.Value);
        Assert.True(_docker.Admits("virbr0"));
        _docker.Refusal = null;
        await UntilAsync(() => !_docker.Admits("virbr0"));
        Assert.Equal(["-j RETURN"], _docker.User);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rules_of_a_bridge_that_a_network_had_are_removed_once_they_can_be()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        _docker.Failure = "Could not process rule: Operation not permitted";
        _neighbours.Watch(network with { Bridge = new Bridge { Name = "virbr1" } });
        _neighbours.LookAnew();
        await UntilAsync(() => Warnings.Any());
        _docker.Failure = null;
        await UntilAsync(() => !_docker.Admits("virbr0"));
        Assert.True(_docker.Admits("virbr1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_network_that_has_the_bridge_of_one_that_ended_keeps_its_rules()
    {
        NetworkDefinition ended = Network("virbr0");
        NetworkDefinition next = Network("virbr0");
        await WatchAsync(ended);
        _docker.Refusal = "Another app is currently holding the xtables lock";
        await _neighbours.ForgetAsync(ended.Uuid!.Value);
        _neighbours.Watch(next);
        _docker.Refusal = null;
        await WatchAsync(Network("virbr5"));
        await UntilAsync(() => _docker.Admits("virbr5"));
        Assert.True(_docker.Admits("virbr0"));
    }

    [Fact(Timeout = 60_000)]
    public async Task However_many_bridges_have_gone_unnoticed_their_rules_are_removed()
    {
        NetworkDefinition[] networks = [.. Enumerable.Range(0, 1_100).Select(i => Network($"b{i}"))];
        foreach (NetworkDefinition network in networks)
        {
            _neighbours.Watch(network);
        }

        await WatchAsync(networks[0]);
        await UntilAsync(() => networks.All(network => _docker.Admits(network.BridgeName!)));
        _docker.Refusal = "Another app is currently holding the xtables lock";
        foreach (NetworkDefinition network in networks)
        {
            await _neighbours.ForgetAsync(network.Uuid!.Value);
        }

        _docker.Refusal = null;
        await UntilAsync(() => _docker.User.Count == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_that_lasts_is_said_once_and_costs_little()
    {
        _docker.Failure = "Could not process rule: Operation not permitted";
        _neighbours.Watch(Network("virbr0"));
        await UntilAsync(() => Warnings.Any());
        int reads = _docker.Reads;
        for (int i = 0; i < 300; i++)
        {
            _neighbours.LookAnew();
            await PassAsync(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(_docker.Reads - reads, 1, 6); // in 30 seconds
        string warning = Assert.Single(Warnings);
        Assert.Contains("Operation not permitted", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(" at VirtNet.", warning, StringComparison.Ordinal);

        // Nobody waits for what cannot be known.
        await _neighbours.SettleAsync(Cancel).WaitAsync(Limit, Cancel);

        _docker.Failure = null;
        await UntilAsync(() => _log.Lines.Any(line => line.StartsWith("Information: Other firewalls on this host are looked at again", StringComparison.Ordinal)));
        Assert.True(_docker.Admits("virbr0"));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_can_be_read_is_judged_where_the_rest_cannot_be_and_that_is_said()
    {
        _docker.Blindness = "Another app is currently holding the xtables lock.\nPerhaps you want to use the -w option?";
        _docker.HasStranger = true;
        NetworkDefinition network = Network("virbr0");
        _neighbours.Watch(network);
        await UntilAsync(() => _board.Of(network.Uuid).Count > 0 && _board.Of(network: null).Count > 0);
        Assert.StartsWith("another firewall (inet corp", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);
        string said = Assert.Single(_board.Of(network: null, Neighbourhood.LookSource)).Text;
        Assert.Contains("the xtables lock.; Perhaps", said, StringComparison.Ordinal);

        _docker.Blindness = null;
        await UntilAsync(() => _board.Of(network: null).Count == 0);
        Assert.True(_docker.Admits("virbr0"));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_read_any_more_is_not_said_to_be_over()
    {
        _docker.Refusal = "Permission denied";
        NetworkDefinition network = Network("virbr0");
        _neighbours.Watch(network);
        await UntilAsync(() => _board.Of(network.Uuid).Count > 0);
        _docker.Blindness = "Another app is currently holding the xtables lock.";
        int reads = _docker.Reads;
        _neighbours.LookAnew();
        await UntilAsync(() => _docker.Reads >= reads + 3);
        Assert.Single(_board.Of(network.Uuid));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_cannot_be_let_through_is_told_so()
    {
        _docker.Refusal = "Permission denied";
        NetworkDefinition network = Network("virbr0");
        _neighbours.Watch(network);
        await UntilAsync(() => _board.Of(network.Uuid).Count > 0);
        Assert.Contains("Docker (ip filter FORWARD, policy drop)", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_program_by_which_guests_are_let_through_is_nobody_to_blame()
    {
        _docker.HasStranger = true;
        _docker.Meanwhile = () =>
        {
            _neighbours.Hear(Made("corp", "c") with { Family = 1 }, likelyOwn: false);
            _neighbours.Hear(Generation(4712, "iptables-nft-re"), likelyOwn: false);
        };
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.Equal(1, _docker.Changes);
        Assert.StartsWith("another firewall (inet corp", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Somebody_elses_program_is_named()
    {
        _docker.HasStranger = true;
        _neighbours.Hear(Made("corp", "c") with { Family = 1 }, likelyOwn: false);
        _neighbours.Hear(Generation(4711, "nft"), likelyOwn: false);
        _neighbours.Hear(Made("other", "c") with { Family = 1 }, likelyOwn: false);
        _neighbours.Hear(Generation(4712, "nft"), likelyOwn: false);
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.Contains("last changed by nft (pid 4711)", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_is_named_for_a_change_whose_end_was_missed()
    {
        _docker.HasStranger = true;
        _neighbours.Hear(Made("corp", "c") with { Family = 1 }, likelyOwn: false);
        _neighbours.LookAnew();
        _neighbours.Hear(Made("other", "c") with { Family = 1 }, likelyOwn: false);
        _neighbours.Hear(Generation(4712, "nft"), likelyOwn: false);
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.DoesNotContain("last changed by", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_set_that_rules_decide_by_is_looked_at_again_when_it_changes()
    {
        _docker.HasStranger = true;
        _docker.StrangersSet = "docker0";
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.Empty(_board.Of(network.Uuid));

        await PassAsync(LookSchedule.MostSpacing); // a look that ran while the clock went is paid for
        _docker.StrangersSet = "virbr0";
        _neighbours.Hear(Elements(NfTablesChange.LookupMade, "blocked"), likelyOwn: false);
        await UntilAsync(() => _board.Of(network.Uuid).Count > 0, steps: 10);
        Assert.Contains("rule 'iifname @blocked drop'", Assert.Single(_board.Of(network.Uuid)).Text, StringComparison.Ordinal);

        await SettleAsync(); // what was found out is told before the look has ended
        await PassAsync(LookSchedule.MostSpacing);
        _docker.StrangersSet = "docker0";
        _neighbours.Hear(Elements(NfTablesChange.LookupLost, "blocked"), likelyOwn: false);
        await UntilAsync(() => _board.Of(network.Uuid).Count == 0, steps: 10);

        int reads = _docker.Reads;
        _neighbours.Hear(Elements(NfTablesChange.LookupMade, "counted"), likelyOwn: false);
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(reads, _docker.Reads);
    }

    [Fact(Timeout = 60_000)]
    public async Task Iptables_that_is_installed_later_is_found_with_the_first_chain_that_is_made()
    {
        _docker.Installed = false;
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        Assert.NotEmpty(_board.Of(network.Uuid));
        _docker.Installed = true;
        _neighbours.Hear(Made("filter", "DOCKER-USER"), likelyOwn: false);
        await UntilAsync(() => _docker.Admits("virbr0"), steps: 500);
        await UntilAsync(() => _board.Of(network.Uuid).Count == 0, steps: 500);
    }

    [Fact(Timeout = 60_000)]
    public async Task Iptables_that_is_installed_later_is_found_in_some_minutes_in_any_case()
    {
        _docker.Installed = false;
        await WatchAsync(Network("virbr0"));
        _docker.Installed = true;
        await PassAsync(IptablesVariants.Validity);
        await UntilAsync(() => _docker.Admits("virbr0"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_hangs_does_not_hold_up_the_end()
    {
        _docker.Hangs = true;
        _neighbours.Watch(Network("virbr0"));
        await UntilAsync(() => _docker.Running > 0);
        await _neighbours.DisposeAsync().AsTask().WaitAsync(Limit, Cancel);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_hangs_does_not_hold_up_a_networks_end_for_long()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        _docker.Hangs = true;
        Task end = _neighbours.ForgetAsync(network.Uuid!.Value);
        await UntilAsync(() => end.IsCompleted);
        _docker.Hangs = false;
        await UntilAsync(() => !_docker.Admits("virbr0"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_ways_of_packets_are_looked_up_for_networks_only()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        int asked = _waysAsked;
        await _neighbours.ForgetAsync(network.Uuid!.Value);
        _neighbours.CleanUp();
        await SettleAsync();
        Assert.Equal(1, asked);
        Assert.Equal(asked, _waysAsked);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_changed_while_there_was_no_network_is_seen_by_the_next()
    {
        NetworkDefinition network = Network("virbr0");
        await WatchAsync(network);
        _neighbours.LookAnew();
        await _neighbours.ForgetAsync(network.Uuid!.Value);
        await PassAsync(TimeSpan.FromSeconds(5));
        int reads = _docker.Reads;
        await WatchAsync(Network("virbr1"));
        Assert.True(_docker.Reads > reads);
        Assert.True(_docker.Admits("virbr1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_asks_about_publications_does_not_wait_for_a_look_at_rules_of_virtnets_own()
    {
        await WatchAsync(Network("virbr0"));
        int reads = _docker.Reads;
        _neighbours.Hear(Made("nat", "VNPP_virbr0"), likelyOwn: true);
        Assert.True(_neighbours.SettleWarningsAsync(Cancel).IsCompletedSuccessfully);
        await UntilAsync(() => _docker.Reads > reads, steps: 10);

        _neighbours.Hear(Made("nat", "DOCKER"), likelyOwn: true);
        Task settled = _neighbours.SettleWarningsAsync(Cancel);
        Assert.False(settled.IsCompleted);
        await UntilAsync(() => settled.IsCompleted);
    }

    private async Task WatchAsync(NetworkDefinition network)
    {
        _neighbours.Watch(network);
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        Task settled = _neighbours.SettleAsync(Cancel);
        await UntilAsync(() => settled.IsCompleted);
    }

    /// <summary>Lets time pass, in small steps, until something has happened; what it takes to run the code for it does not count.</summary>
    private async Task UntilAsync(Func<bool> condition, int steps = 3000)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < steps + MomentsForCode, "it did not happen");
            await PassAsync(i < steps ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero);
        }
    }

    /// <summary>The clock moves, and whoever waited for that gets a moment.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System, Cancel);
    }

    private static NfTablesMessage Generation(int process, string program) =>
        new(NfTablesChange.Generation, "", "", Set: "", Port: 1, IsRule: false, process, program);

    private static NfTablesMessage Elements(NfTablesChange change, string set) =>
        new(change, "corp", "", set, Port: 1, IsRule: false, Process: 0, Program: "");

    private static NfTablesMessage Made(string table, string chain) =>
        new(NfTablesChange.Made, table, chain, Set: "", Port: 1, IsRule: false, Process: 0, Program: "");

    private static NetworkDefinition Network(string bridge) => new()
    {
        Name = $"{bridge}-net",
        Uuid = Guid.NewGuid(),
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = bridge },
        Ips = [new IpDefinition(IPAddress.Parse("192.168.122.1")) { Prefix = 24u }],
    };
}
