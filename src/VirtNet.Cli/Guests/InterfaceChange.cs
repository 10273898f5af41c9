namespace VirtNet.Cli.Guests;

/// <summary>A change of one interface in all the definitions that it is to be made in.</summary>
internal static class InterfaceChange
{
    /// <summary>One definition's part of it.</summary>
    internal sealed record Step(GuestScope Scope, GuestInterface Old, string New)
    {
        public bool ChangesNothing => Old.Xml == New;
    }

    /// <summary>Interfaces may stand in another order at a guest's next start: one number may mean two of them.</summary>
    /// <exception cref="CommandFailure">The steps are about interfaces with different MACs.</exception>
    public static void RefuseDifferent(IGuest guest, IReadOnlyList<Step> steps)
    {
        Step first = steps[0];
        if (steps.FirstOrDefault(step => step.Old.Mac is { } mac && !first.Old.HasMac(mac)) is { } other)
        {
            throw new CommandFailure(
                $"the interface of {guest.Name} is {first.Old.Label} now and {other.Old.Label} at its next start: say which one with --mac");
        }
    }

    /// <summary>All of it or nothing: what was done to the running guest is taken back when the rest is refused.</summary>
    public static async Task ApplyAsync(IGuest guest, IReadOnlyList<Step> steps, CancellationToken cancellationToken)
    {
        List<Step> done = [];
        try
        {
            foreach (Step step in steps.Where(step => !step.ChangesNothing))
            {
                await guest.ReplaceAsync(step.Scope, step.Old, step.New, cancellationToken);
                done.Add(step);
            }
        }
        catch (CommandFailure e)
        {
            foreach (Step step in done)
            {
                await TakeBackAsync(guest, step, e);
            }

            throw;
        }
    }

    /// <summary>What would change, in the form of diff.</summary>
    public static string Preview(IGuest guest, IReadOnlyList<Step> steps) => string.Concat(steps.Select(step =>
    {
        string where = guest is FileGuest ? guest.Name : $"{guest.Name} ({(step.Scope == GuestScope.Live ? "live" : "config")})";
        return step.ChangesNothing
            ? $"{where}: nothing to change\n"
            : $"--- {where}\n+++ {where}\n{LineDiff.Format(XmlBytes.Display(step.Old.Xml), XmlBytes.Display(step.New))}";
    }));

    private static async Task TakeBackAsync(IGuest guest, Step step, CommandFailure failure)
    {
        try
        {
            await guest.ReplaceAsync(
                step.Scope, GuestInterface.Read(step.Old.Number, step.New), step.Old.Xml, CancellationToken.None);
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure(
                $"{failure.Message}\nerror: and the running guest could not be set back: {e.Message}", failure.Cause);
        }
    }
}
