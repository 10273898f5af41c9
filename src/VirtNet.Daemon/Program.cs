using Microsoft.Extensions.Hosting;
using VirtNet.Daemon;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;
using VirtNet.Model;

if (args is ["--help" or "-h"])
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
    commandLine.Paths.Create();
    using InstanceLock instance = InstanceLock.Take(commandLine.Paths.LockFile);
    DaemonOptions options = ConfigurationFile.Load(commandLine.ConfigurationFile);
    using IHost host = await DaemonHost.BuildAsync(commandLine, options);
    await host.RunAsync();
    return 0;
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"virtnetd: {e.Message} (see virtnetd --help)");
    return 2;
}
catch (Exception e) when (e is ConfigurationException or VirtNetException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"virtnetd: {e.Message}");
    return 1;
}
