namespace VirtNet.Cli.Output;

/// <summary>Whoever read standard output has read enough (<c>| head -1</c>): the program ends, and that is no failure to tell of.</summary>
internal sealed class ReaderGoneException() : IOException("cannot write to standard output: Broken pipe")
{
    /// <summary>As a shell has it for a program that ended by SIGPIPE, which the runtime has switched off.</summary>
    public const int ExitStatus = 128 + 13;
}
