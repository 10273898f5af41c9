using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Verbs;

/// <summary>What <c>virtnet fabric</c> can be told.</summary>
internal static class AllVerbs
{
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">There is no such verb, or it takes no such thing.</exception>
    /// <exception cref="FabricException">It could not do what it was told.</exception>
    public static Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        string[] rest = [.. words.Skip(1)];
        return words[0] switch
        {
            "init" => InitVerb.RunAsync(context, rest, cancellationToken),
            "invite" => InviteVerb.RunAsync(context, rest, cancellationToken),
            "join" => JoinVerb.RunAsync(context, rest, cancellationToken),
            "leave" => LeaveVerb.RunAsync(context, rest, cancellationToken),
            "list" => ListVerb.RunAsync(context, rest, cancellationToken),
            "reflectors" => ReflectorsVerb.RunAsync(context, rest, cancellationToken),
            "span" => SpanVerb.RunAsync(context, rest, cancellationToken),
            "status" => Task.FromResult(StatusVerb.Run(context, rest)),
            "check" => CheckVerb.RunAsync(context, rest, cancellationToken),
            _ => throw new UsageException($"unknown verb or option '{words[0]}'"),
        };
    }
}
