using System.Text;
using VirtNet.Cli.Connections;

namespace VirtNet.Cli.Guests;

/// <summary>A libvirt domain.</summary>
internal sealed class LibvirtGuest : IGuest
{
    private readonly IVirsh _virsh;

    private LibvirtGuest(IVirsh virsh, string name)
    {
        _virsh = virsh;
        Name = name;
    }

    public string Name { get; }

    /// <summary>The networks that its hypervisor knows.</summary>
    public HypervisorNetworks Networks => new(_virsh);

    public GuestDocument? Live { get; private init; }

    public GuestDocument? Config { get; private init; }

    /// <summary>The names of all domains.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(IVirsh virsh, CancellationToken cancellationToken) =>
        (await RunAsync(virsh, ["list", "--all", "--name"], cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="CommandFailure">There is no such domain, or it cannot be read.</exception>
    public static async Task<LibvirtGuest> LoadAsync(IVirsh virsh, string name, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> info = ParseInfo(await RunAsync(virsh, ["dominfo", "--domain", name], cancellationToken));
        bool runs = info.GetValueOrDefault("Id") != "-";
        bool persistent = info.GetValueOrDefault("Persistent") != "no";
        return new LibvirtGuest(virsh, name)
        {
            Live = runs ? await ReadAsync(virsh, name, [], cancellationToken) : null,
            Config = persistent ? await ReadAsync(virsh, name, ["--inactive"], cancellationToken) : null,
        };
    }

    public Task ReplaceAsync(GuestScope scope, GuestInterface old, string xml, CancellationToken cancellationToken) =>
        ChangeAsync("update-device", [scope], XmlBytes.Display(xml), cancellationToken);

    public Task AttachAsync(
        IReadOnlyList<GuestScope> scopes, IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        ChangeAsync("attach-device", scopes, XmlBytes.Display(string.Join('\n', lines)), cancellationToken);

    public Task DetachAsync(GuestScope scope, GuestInterface old, CancellationToken cancellationToken) =>
        ChangeAsync("detach-device", [scope], XmlBytes.Display(old.Xml), cancellationToken);

    /// <summary>One call whatever the number of definitions, so that libvirt does all of it or nothing.</summary>
    private async Task ChangeAsync(
        string verb, IReadOnlyList<GuestScope> scopes, string xml, CancellationToken cancellationToken)
    {
        using Editing.TemporaryText file = Editing.TemporaryText.Create(xml, folder: null);
        IEnumerable<string> flags = scopes.Select(scope => scope == GuestScope.Live ? "--live" : "--config");
        ProgramResult result = await _virsh.RunAsync(
            [verb, "--domain", Name, "--file", file.Path, .. flags], cancellationToken);
        if (result.ExitCode != 0)
        {
            // virsh's own line names a file that the user has never seen.
            throw Failure(string.Join('\n', result.Error.Split('\n').Where(line => !line.Contains(file.Path))));
        }
    }

    private static async Task<GuestDocument> ReadAsync(
        IVirsh virsh, string name, string[] options, CancellationToken cancellationToken)
    {
        string xml = await RunAsync(virsh, ["dumpxml", "--domain", name, .. options], cancellationToken);
        return GuestDocument.Parse(name, Encoding.UTF8.GetBytes(xml));
    }

    private static async Task<string> RunAsync(IVirsh virsh, string[] arguments, CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(arguments, cancellationToken);
        return result.ExitCode == 0 ? result.Output : throw Failure(result.Error);
    }

    /// <summary>virsh's own lines, without the prefix that they get again.</summary>
    public static CommandFailure Failure(string error) =>
        new(string.Join("\nerror: ", error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Unprefixed)));

    private static string Unprefixed(string line) => line.StartsWith("error: ", StringComparison.Ordinal) ? line["error: ".Length..] : line;

    /// <summary>Lines of the form <c>Name:  value</c>.</summary>
    public static IReadOnlyDictionary<string, string> ParseInfo(string text)
    {
        Dictionary<string, string> values = [];
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':');
            if (colon > 0)
            {
                values[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return values;
    }
}
