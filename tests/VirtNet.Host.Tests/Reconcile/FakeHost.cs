using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Tests.Reconcile;

/// <summary>A host in memory. It fails once, at the change of a given resource.</summary>
internal sealed class FakeHost(string? failOn = null) : IHost
{
    private string? _failOn = failOn;

    public Dictionary<string, HostResource> Resources { get; } = [];

    public List<string> Applied { get; } = [];

    /// <summary>So many looks are not answered from here on.</summary>
    public int DeafFor { get; set; }

    public Task<IReadOnlyDictionary<string, HostResource>> ReadAsync(
        IReadOnlyCollection<HostResource> wanted, CancellationToken cancellationToken) =>
        DeafFor-- > 0 ? Task.FromException<IReadOnlyDictionary<string, HostResource>>(new IOException("no buffer space"))
        : Task.FromResult<IReadOnlyDictionary<string, HostResource>>(wanted
            .Where(resource => Resources.ContainsKey(resource.Key))
            .ToDictionary(resource => resource.Key, resource => Resources[resource.Key]));

    public Task ApplyAsync(HostChange change, CancellationToken cancellationToken)
    {
        HostResource resource = (change.After ?? change.Before)!;
        Applied.Add(change.ToString());
        if (resource.Key == _failOn)
        {
            _failOn = null;
            throw new IOException($"{resource.Key} is refused");
        }

        if (change.After is null)
        {
            Resources.Remove(resource.Key);
            foreach (HostResource gone in Resources.Values.Where(have => have.GoesWith == resource.Key).ToList())
            {
                Resources.Remove(gone.Key);
            }
        }
        else
        {
            Resources[resource.Key] = resource;
        }

        return Task.CompletedTask;
    }
}
