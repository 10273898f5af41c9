using VirtNet.Cli.Guests;

namespace VirtNet.Cli.Tests.Fakes;

/// <summary>A hypervisor with one domain, behind virsh's command line.</summary>
internal sealed class FakeVirsh : IVirsh
{
    public const string Domain = "g1";

    public string? Live { get; set; }

    public string? Config { get; set; }

    /// <summary>Verbs that fail, with what virsh says then.</summary>
    public Dictionary<string, string> Failures { get; } = [];

    /// <summary>Verb, flag and device XML of everything that was changed.</summary>
    public List<string> Changes { get; } = [];

    public async Task<VirshResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string verb = arguments[0];
        if (verb == "list")
        {
            return Failures.TryGetValue(verb, out string? refusal)
                ? new VirshResult("", refusal, 1)
                : Success((Live ?? Config) is null ? "\n" : Domain + "\n\n");
        }

        string name = arguments[arguments.ToList().IndexOf("--domain") + 1];
        if (name != Domain || (Live ?? Config) is null)
        {
            return new VirshResult("", $"error: failed to get domain '{name}'\n", 1);
        }

        if (Failures.TryGetValue($"{verb} {arguments[^1]}", out string? failure))
        {
            return new VirshResult("", failure, 1);
        }

        switch (verb)
        {
            case "dominfo":
                string state = Live is null ? "shut off" : "running";
                return Success($"Name:           {name}\nState:          {state}\nPersistent:     {(Config is null ? "no" : "yes")}\n");
            case "dumpxml":
                return Success((arguments[^1] == "--inactive" ? Config : Live)!);
            default:
                string file = arguments[arguments.ToList().IndexOf("--file") + 1];
                Changes.Add($"{verb} {arguments[^1]} {await File.ReadAllTextAsync(file, cancellationToken)}");
                return Success("");
        }
    }

    private static VirshResult Success(string output) => new(output, "", 0);
}
