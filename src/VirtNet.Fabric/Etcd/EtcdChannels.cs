using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Etcd;

/// <summary>
/// Connections to etcd's members, of which one is in use at a time: the one that answered last. Each is made when it is first used.
/// </summary>
internal sealed class EtcdChannels : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>etcd closes connections of clients that ask more often than every 5 s whether it is there.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile EtcdEndpoint[] _channels;
    private readonly TlsKeys? _keys;
    private int _current;

    private EtcdChannels(IReadOnlyList<Uri> endpoints, string? authority, string? certificate, string? key)
    {
        if (endpoints.Count == 0)
        {
            throw new FabricException("the settings name no member of etcd (etcd = \"https://192.0.2.1:2379\")");
        }

        _keys = endpoints[0].Scheme == "https" ? TlsKeys.Load(authority, certificate, key) : null;
        _channels = [.. endpoints.Select(ToEndpoint)];
    }

    /// <exception cref="FabricException">The settings name nobody, or certificates that cannot be read.</exception>
    public static EtcdChannels Open(FabricOptions options) => new(options.Etcd, options.TlsAuthority, options.TlsCertificate, options.TlsKey);

    /// <summary>How many members can be asked.</summary>
    public int Count => _channels.Length;

    /// <summary>Of the member at a place in the list.</summary>
    public CallInvoker At(int place) => _channels[place].Channel.Value.CreateCallInvoker();

    /// <summary>Goes on with further members behind those that there are; those of the other scheme are left out.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Add(IEnumerable<Uri> endpoints)
    {
        lock (_lock)
        {
            EtcdEndpoint[] further =
            [
                .. endpoints.Where(endpoint => endpoint.Scheme == _channels[0].Uri.Scheme && _channels.All(known => known.Uri != endpoint))
                    .Distinct().Select(ToEndpoint),
            ];
            _channels = [.. _channels, .. further];
            return further.Length > 0;
        }
    }

    /// <summary>For what a member answers beside gRPC.</summary>
    public HttpClient HttpClientOf(int place) => new(Handler()) { BaseAddress = _channels[place].Uri };

    /// <summary>Goes on to the next one, unless somebody has already.</summary>
    /// <param name="failed">The one that did not answer.</param>
    public void Leave(int failed) => Interlocked.CompareExchange(ref _current, (failed + 1) % _channels.Length, failed);

    /// <summary>The place of the one in use.</summary>
    public int Place => Volatile.Read(ref _current);

    public void Dispose()
    {
        foreach (EtcdEndpoint endpoint in _channels.Where(endpoint => endpoint.Channel.IsValueCreated))
        {
            endpoint.Channel.Value.Dispose();
        }

        _keys?.Dispose();
    }

    private EtcdEndpoint ToEndpoint(Uri endpoint) => new(endpoint, new Lazy<GrpcChannel>(() => Open(endpoint)));

    private SocketsHttpHandler Handler()
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingInterval,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false, // of the environment: members are reached as hosts reach each other
        };
        if (_keys is not null)
        {
            handler.SslOptions = _keys.Options;
        }

        return handler;
    }

    private GrpcChannel Open(Uri endpoint) => GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions
    {
        HttpHandler = Handler(),
        DisposeHttpClient = true,
        Credentials = _keys is null ? ChannelCredentials.Insecure : new SslCredentials(),
        MaxReceiveMessageSize = EtcdStore.MaxMessageSize,
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    });

    private sealed record EtcdEndpoint(Uri Uri, Lazy<GrpcChannel> Channel);

    /// <summary>Which authority is believed, and who this host is.</summary>
    private sealed class TlsKeys : IDisposable
    {
        private readonly X509Certificate2? _own;
        private readonly X509Certificate2Collection _authorities = [];

        private TlsKeys(X509Certificate2? own, string? authority)
        {
            _own = own;
            Options = new SslClientAuthenticationOptions();
            if (authority is not null)
            {
                _authorities.ImportFromPemFile(authority);
                Options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                Options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
            }

            if (own is not null)
            {
                Options.ClientCertificates = [own];
                Options.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
            }
        }

        public SslClientAuthenticationOptions Options { get; }

        /// <exception cref="FabricException">They cannot be read.</exception>
        public static TlsKeys Load(string? authority, string? certificate, string? key)
        {
            try
            {
                return new TlsKeys(certificate is null ? null : X509Certificate2.CreateFromPemFile(certificate, key), authority);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw new FabricException($"the certificates for etcd cannot be used: {e.Message}", e);
            }
        }

        public void Dispose()
        {
            _own?.Dispose();
            foreach (X509Certificate2 authority in _authorities)
            {
                authority.Dispose();
            }
        }
    }
}
