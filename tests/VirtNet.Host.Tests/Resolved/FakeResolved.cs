using VirtNet.Host.Bus;
using VirtNet.Host.Resolved;

namespace VirtNet.Host.Tests.Resolved;

/// <summary>A systemd-resolved that keeps its links in memory.</summary>
internal sealed class FakeResolved : IResolved
{
    public bool Running { get; set; } = true;

    /// <summary>A link that somebody else configures.</summary>
    public int? BusyLink { get; set; }

    public Dictionary<int, ResolvedLink> Links { get; } = [];

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => Task.FromResult(Running);

    public Task<ResolvedLink?> ReadLinkAsync(int link, CancellationToken cancellationToken) =>
        Task.FromResult(Links.GetValueOrDefault(link));

    public Task SetLinkAsync(int link, ResolvedLink settings, CancellationToken cancellationToken)
    {
        if (BusyLink == link)
        {
            throw new BusException("org.freedesktop.resolve1.LinkBusy", $"Link {link} is managed.");
        }

        Links[link] = settings;
        return Task.CompletedTask;
    }

    public Task RevertLinkAsync(int link, CancellationToken cancellationToken)
    {
        Links.Remove(link);
        return Task.CompletedTask;
    }
}
