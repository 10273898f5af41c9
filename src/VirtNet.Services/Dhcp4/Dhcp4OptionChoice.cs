using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Of the options that the lines of a network name, those for one client: one whose tags apply comes before one without tags, the
/// client's own tags before that of its address.
/// </summary>
internal sealed class Dhcp4OptionChoice
{
    private static readonly Dhcp4OptionChoice None = new([], [], TagSet.Empty);

    private Dhcp4OptionChoice(List<Dhcp4ExtraOption> plain, List<Dhcp4ExtraOption> nested, TagSet tags)
    {
        Plain = plain;
        Nested = nested;
        Tags = tags;
    }

    /// <summary>Options that are sent as they are.</summary>
    public IReadOnlyList<Dhcp4ExtraOption> Plain { get; }

    /// <summary>Options that are sent inside others.</summary>
    public IReadOnlyList<Dhcp4ExtraOption> Nested { get; }

    /// <summary>All tags of the client, that of its address among them.</summary>
    public TagSet Tags { get; }

    /// <param name="tags">Null where nothing depends on who asks.</param>
    /// <param name="address">The client's; 0 where it is none of ours.</param>
    public static Dhcp4OptionChoice For(Dhcp4Settings settings, TagSet? tags, uint address)
    {
        TagSet own = tags ?? TagSet.Empty;
        TagSet all = settings.TagOf(address) is { } tag ? settings.Rules.Concluded(own.With(tag)) : own;
        if (settings.ExtraOptions.Count == 0)
        {
            return all == TagSet.Empty ? None : new Dhcp4OptionChoice([], [], all);
        }

        List<Dhcp4ExtraOption> plain = [];
        List<Dhcp4ExtraOption> nested = [];
        foreach (Dhcp4ExtraOption option in settings.ExtraOptions.AsSpan())
        {
            if (option.IsNested)
            {
                Add(nested, option, option.Condition.Holds(all));
            }
            else
            {
                Add(plain, option, !option.Condition.IsEmpty && option.Condition.Holds(own));
            }
        }

        if (!ReferenceEquals(all, own))
        {
            AddRest(plain, settings.ExtraOptions, option => !option.Condition.IsEmpty && option.Condition.Holds(all));
        }

        AddRest(plain, settings.ExtraOptions, option => option.Condition.IsEmpty);
        return new Dhcp4OptionChoice(plain, nested, all);
    }

    public Dhcp4ExtraOption? Find(Dhcp4OptionCode code)
    {
        foreach (Dhcp4ExtraOption option in Plain)
        {
            if (option.Code == code)
            {
                return option;
            }
        }

        return null;
    }

    /// <summary>An option that takes the place of a built-in one, or suppresses it by being empty.</summary>
    public bool Overrides(Dhcp4OptionCode code) => Find(code) is not null;

    /// <summary>A time in seconds that an option sets, less than the lease time; null if none does.</summary>
    public uint? TimeOption(Dhcp4OptionCode code, uint lease) =>
        Find(code)?.Value is { Count: 4 } value && BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan()) is > 2 and var time && time < lease
            ? time : null;

    private static void AddRest(List<Dhcp4ExtraOption> chosen, ValueList<Dhcp4ExtraOption> options, Func<Dhcp4ExtraOption, bool> applies)
    {
        foreach (Dhcp4ExtraOption option in options.AsSpan())
        {
            Add(chosen, option, !option.IsNested && applies(option) && !chosen.Exists(other => other.Code == option.Code));
        }
    }

    private static void Add(List<Dhcp4ExtraOption> chosen, Dhcp4ExtraOption option, bool applies)
    {
        if (applies)
        {
            chosen.Add(option);
        }
    }
}
