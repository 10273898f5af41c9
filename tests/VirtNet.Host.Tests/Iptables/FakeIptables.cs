using System.Text;

namespace VirtNet.Host.Tests.Iptables;

/// <summary>The iptables programs over tables in memory: as strict as they are, and one table at a time.</summary>
internal sealed class FakeIptables : ICommandRunner
{
    private readonly Dictionary<string, Dictionary<string, Dictionary<string, List<string>>>> _families = new()
    {
        ["iptables"] = Tables(),
        ["ip6tables"] = Tables(),
    };

    /// <summary>A target that this kernel does not have.</summary>
    public string? MissingTarget { get; set; }

    /// <summary>A program that is not installed.</summary>
    public string? MissingProgram { get; set; }

    public List<string> Programs { get; } = [];

    /// <summary>What happens after the tables were read for the first time.</summary>
    public Action? Meanwhile { get; set; }

    public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        Programs.Add(command.Program);
        string[] name = command.Program.Split('-');
        if (MissingProgram is not null && name[0] == MissingProgram)
        {
            throw new HostCommandException(command, HostCommandException.NotStarted, "No such file or directory");
        }

        if (name[1] == "save")
        {
            string saved = Save(name[0]);
            (Action? meanwhile, Meanwhile) = (Meanwhile, null);
            meanwhile?.Invoke();
            return Task.FromResult(saved);
        }

        Restore(command, name[0]);
        return Task.FromResult("");
    }

    public string Save(string family)
    {
        StringBuilder text = new();
        foreach ((string table, Dictionary<string, List<string>> chains) in _families[family])
        {
            text.Append('*').Append(table).Append('\n');
            foreach (string chain in chains.Keys)
            {
                text.Append(':').Append(chain).Append(" - [0:0]\n");
            }

            foreach ((string chain, List<string> rules) in chains)
            {
                rules.ForEach(rule => text.Append("-A ").Append(chain).Append(' ').Append(rule).Append('\n'));
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    /// <summary>All chains that are not the kernel's go, and all rules.</summary>
    public void Clear(string family) => _families[family] = Tables();

    private void Restore(HostCommand command, string family)
    {
        string table = "";
        Dictionary<string, List<string>> chains = [];
        foreach (string line in (command.Input ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 3);
            switch (words[0])
            {
                case var name when name.StartsWith('*'):
                    table = name[1..];
                    chains = _families[family][table].ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
                    break;
                case var name when name.StartsWith(':'):
                    chains[name[1..]] = [];
                    break;
                case "COMMIT":
                    _families[family][table] = chains;
                    break;
                case "-N" when !chains.ContainsKey(words[1]):
                    chains.Add(words[1], []);
                    break;
                case "-X" when chains[words[1]].Count == 0 && !chains.Values.Any(rules => rules.Any(rule => rule.EndsWith($"-j {words[1]}", StringComparison.Ordinal))):
                    chains.Remove(words[1]);
                    break;
                case "-I" when chains.ContainsKey(words[1]) && words[2].Split(' ', 2) is [var number, var rest] && int.TryParse(number, out int place):
                    chains[words[1]].Insert(place - 1, rest);
                    break;
                case "-I" when chains.ContainsKey(words[1]) && !(MissingTarget is { } target && words[2].Contains($"-j {target}")):
                    chains[words[1]].Insert(0, words[2]);
                    break;
                case "-A" when chains.ContainsKey(words[1]):
                    chains[words[1]].Add(words[2]);
                    break;
                case "-F" when chains.TryGetValue(words[1], out List<string>? all):
                    all.Clear();
                    break;
                case "-D" when chains.TryGetValue(words[1], out List<string>? rules) && rules.Remove(words[2]):
                    break;
                default:
                    throw new HostCommandException(command, 1, $"{command.Program}: line failed: {line}\n");
            }
        }
    }

    private static Dictionary<string, Dictionary<string, List<string>>> Tables() => new()
    {
        ["filter"] = new() { ["INPUT"] = [], ["FORWARD"] = [], ["OUTPUT"] = [] },
        ["nat"] = new() { ["PREROUTING"] = [], ["OUTPUT"] = [], ["POSTROUTING"] = [] },
        ["mangle"] = new() { ["POSTROUTING"] = [] },
        ["raw"] = new() { ["PREROUTING"] = [] },
    };
}
