using Microsoft.Extensions.Hosting;
using VirtNet.Daemon;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;
using VirtNet.Linux.Processes;
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
    if (commandLine.LogFile is { } log)
    {
        StandardOutput.AppendTo(log);
    }

    if (commandLine.CheckOnly)
    {
        return Check(commandLine);
    }

    DaemonUser.Settle(commandLine);
    using HangupSignal hangup = new();
    using NextProgram next = new();
    using InstanceLocks instance = InstanceLocks.Take(commandLine.Paths);
    LoadedConfiguration configuration = ConfigurationFile.Load(commandLine);
    using IHost host = await DaemonHost.BuildAsync(commandLine, configuration, hangup, next, instance);
    await host.RunAsync();
    if (next.Sockets is not null)
    {
        next.Become(commandLine);
    }

    return 0;
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"virtnetd: {e.Message} (see virtnetd --help)");
    return 2;
}
catch (OperationCanceledException)
{
    return 0; // told to end before it was ready
}
catch (Exception e) when (e is ConfigurationException or VirtNetException or IOException or UnauthorizedAccessException)
{
    foreach (string line in e.Message.Split(Environment.NewLine))
    {
        await Console.Error.WriteLineAsync($"virtnetd: {line}");
    }

    return 1;
}

static int Check(CommandLine commandLine)
{
    LoadedConfiguration configuration = ConfigurationFile.Load(commandLine);
    foreach (string warning in configuration.Warnings)
    {
        Console.Error.WriteLine($"virtnetd: {warning}");
    }

    if (configuration.Options.SocketGroup is { } group && !SocketGroup.Exists(group))
    {
        Console.Error.WriteLine($"virtnetd: unix_sock_group = \"{group}\": there is no such group, so only root can change networks");
    }

    return 0;
}
