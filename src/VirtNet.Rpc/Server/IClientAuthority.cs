namespace VirtNet.Rpc.Server;

/// <summary>
/// Decides about clients whose user alone does not give them access; polkit in practice. Where there is one, a client
/// other than root must authenticate before it may do anything else.
/// </summary>
public interface IClientAuthority
{
    /// <summary>May take as long as somebody needs to type a password.</summary>
    /// <param name="action">What the client wants, by polkit's name of it.</param>
    /// <exception cref="Model.VirtNetException">The authority could not be asked.</exception>
    Task<AuthorityAnswer> CheckAsync(ClientProcess client, string action, CancellationToken cancellationToken);
}

/// <summary>The process at the other end of a socket when it connected.</summary>
public sealed record ClientProcess(int ProcessId, uint UserId);

/// <summary>What an authority says.</summary>
public enum AuthorityAnswer
{
    Denied,
    Authorized,

    /// <summary>It would have to ask the user, but the user has no agent that could show the question.</summary>
    NeedsAgent,

    /// <summary>The user closed the question.</summary>
    Dismissed,
}
