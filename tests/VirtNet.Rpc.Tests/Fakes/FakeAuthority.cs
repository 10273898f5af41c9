using VirtNet.Rpc.Server;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>Gives the same answer to everybody and remembers who asked for what.</summary>
internal sealed class FakeAuthority(AuthorityAnswer answer) : IClientAuthority
{
    public List<(ClientProcess Client, string Action)> Asked { get; } = [];

    public Task<AuthorityAnswer> CheckAsync(ClientProcess client, string action, CancellationToken cancellationToken)
    {
        Asked.Add((client, action));
        return Task.FromResult(answer);
    }
}
