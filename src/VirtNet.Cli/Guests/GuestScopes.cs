using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Guests;

/// <summary>Which of a guest's definitions a command changes.</summary>
internal static class GuestScopes
{
    public static OptionDefinition Live { get; } = OptionDefinition.Flag("live", "the running guest");

    public static OptionDefinition Config { get; } = OptionDefinition.Flag("config", "the guest's next start");

    public static OptionDefinition Current { get; } =
        OptionDefinition.Flag("current", "the running guest if it runs, else its next start");

    public static OptionDefinition Persistent { get; } =
        OptionDefinition.Flag("persistent", "the guest's next start, and the running guest if it runs");

    /// <summary>As virsh's attach and detach commands choose: without an option what is current.</summary>
    public static IReadOnlyList<GuestScope> AsVirsh(IGuest guest, ParsedCommand command)
    {
        command.RefuseBoth(Persistent, Current);
        command.RefuseBoth(Current, Live);
        command.RefuseBoth(Current, Config);
        bool runs = guest.Live is not null;
        bool persistent = command.Has(Persistent);
        bool live = command.Has(Live) || (persistent && runs);
        bool config = command.Has(Config) || persistent;
        return Checked(guest, !live && !config ? runs : live, !live && !config ? !runs : config);
    }

    /// <summary>Without an option everything there is: the running guest and its next start.</summary>
    public static IReadOnlyList<GuestScope> Both(IGuest guest, ParsedCommand command)
    {
        bool live = command.Has(Live);
        bool config = command.Has(Config);
        return Checked(
            guest, live || (!config && guest.Live is not null), config || (!live && guest.Config is not null));
    }

    public static GuestDocument Document(this IGuest guest, GuestScope scope) =>
        (scope == GuestScope.Live ? guest.Live : guest.Config)
        ?? throw new InvalidOperationException("scopes are checked before they are used");

    public static JsonGuestChange ToJson(IGuest guest, string? mac, IReadOnlyList<GuestScope> scopes) => new(
        guest.Name, mac, Changed: true, scopes.Contains(GuestScope.Live), scopes.Contains(GuestScope.Config), Diff: null);

    /// <summary>The running guest comes first: it is the one that can refuse.</summary>
    private static List<GuestScope> Checked(IGuest guest, bool live, bool config)
    {
        if (live && guest.Live is null)
        {
            throw new CommandFailure(guest is FileGuest
                ? "a file is no running guest: --live has nothing to change"
                : "Requested operation is not valid: domain is not running");
        }

        if (config && guest.Config is null)
        {
            throw new CommandFailure(
                "Requested operation is not valid: transient domains do not have any persistent config");
        }

        return [.. live ? [GuestScope.Live] : Array.Empty<GuestScope>(), .. config ? [GuestScope.Config] : Array.Empty<GuestScope>()];
    }
}
