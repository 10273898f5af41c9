using System.Text.Json;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Tests.Neighbours;

/// <summary>A host on which Docker forwards nothing for others: its table in memory, and the programs that show and change it.</summary>
internal sealed class FakeDocker : ICommandRunner, INftSession
{
    private readonly Lock _gate = new();
    private readonly List<string> _user = ["-j RETURN"];

    /// <summary>The text with which nftables fails; null = it works.</summary>
    public string? Failure { get; set; }

    /// <summary>The text with which changes fail.</summary>
    public string? Refusal { get; set; }

    /// <summary>The text with which iptables shows nothing.</summary>
    public string? Blindness { get; set; }

    /// <summary>Whether iptables' programs are installed.</summary>
    public bool Installed { get; set; } = true;

    /// <summary>Programs wait for each other's lock.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether there is a table of somebody unknown too, which drops all.</summary>
    public bool HasStranger { get; set; }

    /// <summary>What is in a set by which that table drops; null = its policy drops all.</summary>
    public string? StrangersSet { get; set; }

    /// <summary>What happens while rules are being changed.</summary>
    public Action? Meanwhile { get; set; }

    public int Changes { get; private set; }

    public int Reads { get; private set; }

    public int Running { get; private set; }

    /// <summary>Rules of its chain for others.</summary>
    public IReadOnlyList<string> User
    {
        get
        {
            lock (_gate)
            {
                return [.. _user];
            }
        }
    }

    public bool Admits(string bridge) => User.Any(rule => rule.Contains($" {bridge} ", StringComparison.Ordinal));

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        Reads++;
        return Failure is null
            ? Task.FromResult<JsonDocument?>(words[1] == "set" ? Set() : Tables())
            : throw new HostCommandException(new HostCommand("nft", words), 1, Failure);
    }

    /// <summary>Of a policy nftables shows as much as iptables.</summary>
    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        bool bySet = words[3] == "corp" && StrangersSet is not null;
        return Task.FromResult<JsonDocument?>(JsonDocument.Parse($$$"""
            {"nftables": [
              {"table": {"family": "{{{words[2]}}}", "name": "{{{words[3]}}}"}},
              {"chain": {"family": "{{{words[2]}}}", "table": "{{{words[3]}}}", "name": "FORWARD", "hook": "forward", "policy": "{{{(bySet ? "accept" : "drop")}}}"}},
              {"rule": {"family": "{{{words[2]}}}", "table": "{{{words[3]}}}", "chain": "FORWARD", "expr": [
                {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "{{{(bySet ? "@blocked" : "none")}}}"}}, {"drop": null}]}}]}
            """));
    }

    public Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) => Task.FromResult("");

    public Task ExecuteAsync(string script, CancellationToken cancellationToken) =>
        throw new NotSupportedException("nobody changes others' rules by nftables");

    public async Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        if (!Installed || !command.Program.StartsWith("iptables-nft", StringComparison.Ordinal))
        {
            throw new HostCommandException(command, HostCommandException.NotStarted, "No such file or directory");
        }

        Running++;
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return command.Program switch
        {
            "iptables-nft-save" => Blindness is null ? Saved() : throw new HostCommandException(command, 4, Blindness),
            "iptables-nft-restore" => Restore(command),
            _ => "iptables v1.8.9 (nf_tables)",
        };
    }

    private JsonDocument Tables() => JsonDocument.Parse(HasStranger
        ? """{"nftables": [{"table": {"family": "ip", "name": "filter"}}, {"table": {"family": "inet", "name": "corp"}}]}"""
        : """{"nftables": [{"table": {"family": "ip", "name": "filter"}}]}""");

    private JsonDocument Set() => JsonDocument.Parse(
        $$$"""{"nftables": [{"set": {"family": "inet", "table": "corp", "name": "blocked", "type": "ifname", "elem": ["{{{StrangersSet}}}"]}}]}""");

    private string Saved() => $"""
        *filter
        :FORWARD DROP [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        {string.Join('\n', User.Select(rule => $"-A DOCKER-USER {rule}"))}
        COMMIT

        """;

    private string Restore(HostCommand command)
    {
        Meanwhile?.Invoke();
        if (Refusal is not null)
        {
            throw new HostCommandException(command, 4, Refusal);
        }

        Changes++;
        lock (_gate)
        {
            foreach (string[] words in command.Input!.Split('\n').Select(line => line.Split(' ', 4)).Where(words => words.Length == 4))
            {
                switch (words[0])
                {
                    case "-D":
                        Assert.True(_user.Remove($"{words[2]} {words[3]}"), $"no rule {words[2]} {words[3]}");
                        break;
                    case "-I":
                        _user.Insert(int.Parse(words[2]) - 1, words[3]);
                        break;
                }
            }
        }

        return "";
    }
}
