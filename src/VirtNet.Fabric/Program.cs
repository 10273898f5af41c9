using VirtNet.Fabric;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Verbs;
using VirtNet.Model;

// Not those of Console, which make the terminal ready for a program that reads keys.
await using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
await using StreamWriter errors = new(Console.OpenStandardError()) { AutoFlush = true };
if (args is ["--help" or "-h" or "help"])
{
    output.Write(CommandLine.Usage);
    return 0;
}

if (args is ["--version" or "-V"])
{
    output.WriteLine(typeof(CommandLine).Assembly.GetName().Version?.ToString(fieldCount: 3));
    return 0;
}

VerbContext context = new(FabricPaths.Default, Json: false, output, errors, TimeProvider.System);
string verb = "";
try
{
    CommandLine commandLine = CommandLine.Parse(args);
    context = context with { Paths = commandLine.Paths, Json = commandLine.Json };
    if (commandLine.Words is [var word, ..])
    {
        verb = word;
        return await AllVerbs.RunAsync(context, commandLine.Words, CancellationToken.None);
    }

    LoadedSettings settings = FabricFile.Load(commandLine.Paths.Settings)
        ?? throw new FabricException($"this host is in no fabric: there is no {commandLine.Paths.Settings}");
    foreach (string warning in settings.Warnings)
    {
        await errors.WriteLineAsync($"virtnet-fabricd: {warning}");
    }

    await DaemonHost.RunAsync(commandLine, settings.Options);
    return 0;
}
catch (UsageException e)
{
    context.WriteFailure(verb, $"{e.Message} (see virtnet-fabricd --help)");
    return 2;
}
catch (Exception e) when (e is FabricException or StoreUnavailableException or VirtNetException or IOException or UnauthorizedAccessException)
{
    context.WriteFailure(verb, e.Message);
    return 1;
}
