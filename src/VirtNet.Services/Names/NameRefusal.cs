namespace VirtNet.Services.Names;

/// <summary>Why a client does not get the name that it gives itself.</summary>
internal enum NameRefusal
{
    /// <summary>A name that programs look up to find out whom to trust.</summary>
    Special,

    /// <summary>The definition gives it to another client.</summary>
    Reserved,

    /// <summary>A running guest has it.</summary>
    InUse,
}

/// <summary>A name that a client asked for and did not get.</summary>
internal sealed record RefusedName(string Name, NameRefusal Why)
{
    /// <summary>The reason in words, to follow "the name x, ".</summary>
    public string Reason => Why switch
    {
        NameRefusal.Special => "which no guest may have",
        NameRefusal.Reserved => "which is reserved for another one",
        _ => "which a running guest has",
    };
}
