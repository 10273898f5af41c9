namespace VirtNet.Integration.Tests.Lab;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record CommandResult(string Output, string Error, int ExitCode)
{
    public override string ToString() => $"status {ExitCode}\n{Output}{Error}";
}
