using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>One after the other: what is read must be true until it is written. What fails is told as clients hear it.</summary>
internal sealed class NftTurns : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return read();
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <exception cref="VirtNetException">nftables refuses, or the kernel does not answer.</exception>
    public async Task ChangeAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        catch (Exception e) when (e is HostCommandException or IOException)
        {
            throw Told(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>As clients hear it.</summary>
    public static Exception Told(Exception e) => e switch
    {
        HostCommandException refused => FirewallErrors.Refused(refused),
        IOException unreadable => Unreadable(unreadable),
        _ => e,
    };

    private static VirtNetException Unreadable(IOException e) =>
        FirewallErrors.Refused(new HostCommandException(new HostCommand(NftProgram.Program, []), exitCode: 1, e.Message));
}
