using VirtNet.Linux;

namespace VirtNet.Services;

/// <summary>
/// Something that is made when it is first used, once for all. Where that fails, whoever uses it is told, and the next use tries
/// again: what was wanting (a descriptor, say) may be there by then. Safe on any thread.
/// </summary>
/// <param name="make">Leaves nothing behind where it fails.</param>
internal sealed class OnDemand<T>(Func<T> make)
    where T : class
{
    private readonly Lock _making = new();
    private volatile T? _made;

    /// <summary>Null as long as nobody has used it.</summary>
    public T? IfMade => _made;

    /// <param name="told">What whoever uses it is told where the system refuses something that it is made of.</param>
    public T ValueOr(Func<SystemCallException, Exception> told)
    {
        try
        {
            return Value;
        }
        catch (SystemCallException e)
        {
            throw told(e);
        }
    }

    public T Value
    {
        get
        {
            if (_made is { } made)
            {
                return made;
            }

            lock (_making)
            {
                return _made ??= make();
            }
        }
    }
}
