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

    /// <summary>Refuses options of virsh's attach and detach commands that contradict each other.</summary>
    public static void RefuseContradictions(ParsedCommand command)
    {
        command.RefuseBoth(Persistent, Current);
        command.RefuseBoth(Current, Live);
        command.RefuseBoth(Current, Config);
    }

    /// <summary>
    /// As virsh's attach and detach commands choose, without a look at whether it exists: a domain's running guest unless an
    /// option says otherwise. A file has but one definition.
    /// </summary>
    public static IReadOnlyList<GuestScope> AsVirsh(IGuest guest, ParsedCommand command)
    {
        bool runs = guest.Live is not null;
        bool live = command.Has(Live) || (command.Has(Persistent) && runs) || (command.Has(Current) && runs);
        bool config = command.Has(Config) || command.Has(Persistent) || (command.Has(Current) && !runs);
        bool unsaid = !live && !config;
        return List(live || (unsaid && guest is not FileGuest), config || (unsaid && guest is FileGuest));
    }

    /// <summary>Without an option everything there is: the running guest and its next start.</summary>
    public static IReadOnlyList<GuestScope> Both(IGuest guest, ParsedCommand command)
    {
        bool live = command.Has(Live);
        bool config = command.Has(Config);
        IReadOnlyList<GuestScope> scopes = List(
            live || (!config && guest.Live is not null), config || (!live && guest.Config is not null));
        Check(guest, scopes);
        return scopes;
    }

    /// <summary>The definition that is meant or, of a guest that has only the other one, that.</summary>
    public static GuestDocument Document(this IGuest guest, GuestScope scope) =>
        (scope == GuestScope.Live ? guest.Live ?? guest.Config : guest.Config ?? guest.Live)
        ?? throw new InvalidOperationException("a guest runs or is defined");

    public static JsonGuestChange ToJson(IGuest guest, string? mac, IReadOnlyList<GuestScope> scopes) => new(
        guest.Name, mac, Changed: true, scopes.Contains(GuestScope.Live), scopes.Contains(GuestScope.Config), Diff: null);

    /// <exception cref="CommandFailure">The guest does not run, or ends with its run.</exception>
    public static void Check(IGuest guest, IReadOnlyList<GuestScope> scopes)
    {
        if (scopes.Contains(GuestScope.Live) && guest.Live is null)
        {
            throw new CommandFailure(guest is FileGuest
                ? "a file is no running guest: --live has nothing to change"
                : "Requested operation is not valid: domain is not running");
        }

        if (scopes.Contains(GuestScope.Config) && guest.Config is null)
        {
            throw new CommandFailure(
                "Requested operation is not valid: transient domains do not have any persistent config");
        }
    }

    /// <summary>The running guest comes first: it is the one that can refuse.</summary>
    private static List<GuestScope> List(bool live, bool config) =>
        [.. live ? [GuestScope.Live] : Array.Empty<GuestScope>(), .. config ? [GuestScope.Config] : Array.Empty<GuestScope>()];
}
