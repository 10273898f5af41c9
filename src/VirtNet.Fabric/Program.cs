using VirtNet.Fabric;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Verbs;
using VirtNet.Model;

if (args is ["--help" or "-h" or "help"])
{
    Console.Out.Write(CommandLine.Usage);
    return 0;
}

if (args is ["--version" or "-V"])
{
    Console.Out.WriteLine(typeof(CommandLine).Assembly.GetName().Version?.ToString(fieldCount: 3));
    return 0;
}

try
{
    CommandLine commandLine = CommandLine.Parse(args);
    if (commandLine.Words is [_, ..])
    {
        return await AllVerbs.RunAsync(
            new VerbContext(commandLine.Paths, commandLine.Json, Console.Out, Console.Error, TimeProvider.System), commandLine.Words, CancellationToken.None);
    }

    LoadedSettings settings = FabricFile.Load(commandLine.Paths.Settings)
        ?? throw new FabricException($"this host is in no fabric: there is no {commandLine.Paths.Settings}");
    foreach (string warning in settings.Warnings)
    {
        await Console.Error.WriteLineAsync($"virtnet-fabricd: {warning}");
    }

    await DaemonHost.RunAsync(commandLine, settings.Options);
    return 0;
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message} (see virtnet fabric --help)");
    return 2;
}
catch (Exception e) when (e is FabricException or StoreUnavailableException or VirtNetException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}");
    return 1;
}
