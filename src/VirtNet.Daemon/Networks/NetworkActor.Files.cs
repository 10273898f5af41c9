using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Networks;

/// <content>Files of the network that somebody else removed.</content>
internal sealed partial class NetworkActor
{
    /// <summary>Whether it seems so: an operation that removes the definition may be under way.</summary>
    public bool IsDefinitionMissing => _snapshot.IsPersistent && !_environment.ConfigFiles.Exists(Name);

    public bool IsStateMissing =>
        _snapshot.IsActive && !_environment.StateFiles.IsWhole(Name, withPorts: _snapshot.Ports.Count > 0);

    /// <returns>The file that should hold the definition and is not there; null where there is none to miss.</returns>
    public Task<string?> FindMissingDefinitionAsync(CancellationToken cancellationToken) => InvokeAsync(
        () => Task.FromResult(IsDefinitionMissing ? _environment.ConfigFiles.FileOf(Name) : null), cancellationToken);

    /// <summary>Writes from memory what others removed.</summary>
    /// <returns>Whether there was anything to write.</returns>
    public Task<bool> WriteFilesAgainAsync(bool definition, bool link, bool state, CancellationToken cancellationToken) =>
        InvokeAsync(
            async () =>
            {
                bool written = false;
                if (definition && _snapshot.Config is { } config)
                {
                    _environment.ConfigFiles.Save(config);
                    written = true;
                }

                if (link && _snapshot.Autostart)
                {
                    _environment.ConfigFiles.SetAutostart(Name, autostart: true);
                    written = true;
                }

                if (state && _snapshot.Live is { } live)
                {
                    foreach (NetworkPort port in _snapshot.Ports)
                    {
                        _environment.StateFiles.SavePort(Name, port);
                    }

                    SaveState();
                    _environment.MacMaps.Save(live, _snapshot.Ports);
                    await AttemptAsync("record its bridge", () => RecordBridge(live, missed: []));
                    written = true;
                }

                return written;
            },
            cancellationToken);
}
