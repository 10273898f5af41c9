using System.Globalization;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Guests;

/// <summary>Which of a guest's interfaces is meant: by MAC, by device or by number.</summary>
internal static class InterfaceArgument
{
    public static OptionDefinition Mac { get; } =
        OptionDefinition.NamedText("mac", "the interface with this MAC address", Candidates.GuestMacs);

    public static OptionDefinition Target { get; } =
        OptionDefinition.NamedText("target", "the interface with this device on the host");

    public static OptionDefinition Index { get; } =
        new("index", OptionKind.Number, "the interface at this place, from 1, as domiflist --details counts");

    /// <summary>
    /// Finds the one interface in one of a guest's definitions; a guest with a single one needs no selection. The name of
    /// a device is mostly one that the running guest was given: its next start knows that interface by its MAC.
    /// </summary>
    /// <exception cref="CommandFailure">None fits, or more than one.</exception>
    public static GuestInterface Find(IGuest guest, GuestScope scope, ParsedCommand command)
    {
        GuestDocument document = guest.Document(scope);
        string? mac = command.Text(Mac);
        string? target = command.Text(Target);
        int? index = command.Number(Index);
        GuestInterface? running = target is null || guest.Live is null || ByTarget(document, target) is not null
            ? null
            : ByTarget(guest.Live, target);
        return running?.Mac is { } its && (mac is null || running.HasMac(mac))
            ? Find(document, guest.Name, its, target: null, index)
            : Find(document, guest.Name, mac, target, index);
    }

    private static GuestInterface? ByTarget(GuestDocument document, string target) =>
        document.Interfaces.FirstOrDefault(candidate => candidate.Target == target);

    private static GuestInterface Find(GuestDocument document, string guest, string? mac, string? target, int? index)
    {
        GuestInterface[] found =
        [
            .. document.Interfaces.Where(candidate =>
                (mac is null || candidate.HasMac(mac))
                && (target is null || candidate.Target == target)
                && (index is null || candidate.Number == index)),
        ];
        return found switch
        {
            [var only] => only,
            [] => throw Missing(document, guest, mac, target, index),
            _ => throw Ambiguous(document, guest, mac, found),
        };
    }

    private static CommandFailure Missing(GuestDocument document, string guest, string? mac, string? target, int? index)
    {
        string what = string.Join(" and ", new[]
        {
            mac is null ? null : $"MAC address '{mac}'",
            target is null ? null : $"device '{target}'",
            index is null ? null : string.Create(CultureInfo.InvariantCulture, $"number {index}"),
        }.OfType<string>());
        IEnumerable<string?> known = mac is not null
            ? document.Interfaces.Select(candidate => candidate.Mac)
            : document.Interfaces.Select(candidate => candidate.Target);
        string? nearest = (mac ?? target) is { } text ? NearestName.Find(text, [.. known.OfType<string>()]) : null;
        return new CommandFailure(what.Length == 0 ? $"{guest} has no interface" : $"{guest} has no interface with {what}")
        {
            Hints = nearest is not null ? [$"did you mean '{nearest}'?"]
                : document.Interfaces.Count > 0 ? [$"it has {List(document.Interfaces)}"]
                : [],
        };
    }

    private static CommandFailure Ambiguous(
        GuestDocument document, string guest, string? mac, GuestInterface[] found) =>
        new(mac is null
            ? $"{guest} has {document.Interfaces.Count} interfaces: say which one with --mac, --target or --index"
            : $"{guest} has {found.Length} interfaces with MAC address '{mac}': say which one with --index")
        {
            Hints = [$"it has {List(found)}"],
        };

    private static string List(IReadOnlyList<GuestInterface> interfaces) => string.Join(
        ", ",
        interfaces.Select(candidate => $"{candidate.Number}: {candidate.Mac ?? "no MAC"} on {candidate.Type} {candidate.Source}".TrimEnd()));
}
