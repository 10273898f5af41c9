using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Metrics;

/// <summary>
/// Metrics as text, in OpenMetrics' form or in the older one of Prometheus, which differ in how counters are announced. One
/// asks at a time: what the instruments are read from is gathered once for all of them.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    public const string PlainType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly DaemonReading _daemon;
    private readonly DaemonMeter _meter;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<NetworkReading> _networks = [];

    public MetricsText(DaemonReading daemon, string version, TimeProvider time)
    {
        _daemon = daemon;
        _meter = new DaemonMeter(daemon, version, time.GetUtcNow(), () => _networks);
    }

    /// <summary>All metrics.</summary>
    /// <param name="open">In OpenMetrics' form.</param>
    public Task<string> WriteAllAsync(bool open, CancellationToken cancellationToken) =>
        WriteAsync(_daemon.ReadAll, _ => true, open, cancellationToken);

    /// <summary>The metrics of one network, or without one those of no network, in Prometheus' form.</summary>
    public Task<string> WriteOfAsync(NetworkActor? network, CancellationToken cancellationToken) => WriteAsync(
        () => network is null ? [] : [_daemon.Read(network)], isOfNetwork => isOfNetwork == network is not null, open: false, cancellationToken);

    /// <param name="wanted">Given whether a metric is of a network.</param>
    private async Task<string> WriteAsync(
        Func<IReadOnlyList<NetworkReading>> read, Func<bool, bool> wanted, bool open, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _networks = read();
            StringBuilder text = new();
            Write(text, wanted, open);
            return text.Append("# EOF\n").ToString();
        }
        finally
        {
            _networks = [];
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _turn.Dispose();
    }

    private void Write(StringBuilder text, Func<bool, bool> wanted, bool open)
    {
        Instrument? current = null;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (_meter.Owns(instrument))
            {
                all.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            Sample(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            Sample(instrument, value.ToString("R", CultureInfo.InvariantCulture), tags));
        listener.Start();
        listener.RecordObservableInstruments();

        void Sample(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (!wanted(tags is [{ Key: DaemonMeter.NetworkTag }, ..]))
            {
                return;
            }

            bool counts = instrument is ObservableCounter<long> or ObservableCounter<double>;
            string family = $"{DaemonMeter.Name}_{instrument.Name}";
            string sample = counts ? family + "_total" : family;
            if (instrument != current)
            {
                current = instrument;
                string announced = open ? family : sample;
                text.Append(CultureInfo.InvariantCulture, $"# HELP {announced} {instrument.Description}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {announced} {(counts ? "counter" : "gauge")}\n");
            }

            text.Append(sample);
            for (int i = 0; i < tags.Length; i++)
            {
                text.Append(i == 0 ? '{' : ',').Append(tags[i].Key).Append("=\"");
                AppendEscaped(text, (string)tags[i].Value!);
                text.Append('"');
            }

            text.Append(tags.Length > 0 ? "} " : " ").Append(value).Append('\n');
        }
    }

    /// <summary>A network's name may hold anything.</summary>
    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }
}
