namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>Collects the lines about TFTP.</summary>
internal sealed class TftpLines(string? bridge)
{
    /// <summary>Null = no line says one.</summary>
    public string? Root { get; private set; }

    public bool IsEnabled { get; private set; }

    /// <summary>A root that is not there (yet) is no reason not to serve the rest.</summary>
    public bool MayBeMissing { get; private set; }

    /// <summary>Blocks have 512 octets, whatever a client wants.</summary>
    public bool RefusesBlockSize { get; private set; }

    /// <summary>Null for a line about something else.</summary>
    public LineVerdict? Take(ConfLine line) => line.Option switch
    {
        "enable-tftp" => TakeEnable(line.Value),
        "tftp-root" => TakeRoot(line.Value ?? ""),
        "tftp-no-fail" => Set(() => MayBeMissing = true),
        "tftp-no-blocksize" => Set(() => RefusesBlockSize = true),
        _ => null,
    };

    private static LineVerdict Set(Action set)
    {
        set();
        return LineVerdict.Honoured;
    }

    private LineVerdict TakeEnable(string? interfaces)
    {
        bool isHere = interfaces is null || Words.Split(interfaces).Contains(bridge);
        IsEnabled |= isHere;
        return isHere ? LineVerdict.Honoured : LineVerdict.WithoutEffect;
    }

    private LineVerdict TakeRoot(string value)
    {
        (string root, string? device) = Words.Cut(value);
        if (device is not null && device != bridge)
        {
            return LineVerdict.WithoutEffect;
        }

        Root = HiddenText.Reveal(root);
        return Root.Length > 0 ? LineVerdict.Honoured : LineVerdict.Malformed;
    }
}
