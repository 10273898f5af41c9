namespace VirtNet.Model.Metadata;

/// <summary>
/// Reads and changes a definition's title, description and metadata elements, as virNetworkGetMetadata and
/// virNetworkSetMetadata do. Pure: which definition is meant (live, persistent) is the caller's business.
/// </summary>
public static class NetworkMetadataEditor
{
    /// <param name="uri">The namespace of the element; for the other types absent.</param>
    /// <exception cref="VirtNetException">Code 8 for arguments that do not fit together, 111 for what is not there.</exception>
    public static string Get(NetworkDefinition definition, NetworkMetadataType type, string? uri)
    {
        const string function = "virNetworkGetMetadata";
        switch (type)
        {
            case NetworkMetadataType.Description:
                RequireNull(uri, "uri", function);
                return definition.Description ?? throw VirtNetException.NoMetadata();

            case NetworkMetadataType.Title:
                RequireNull(uri, "uri", function);
                return definition.Title ?? throw VirtNetException.NoMetadata();

            case NetworkMetadataType.Element:
                return MetadataElements.Get(definition.Metadata, Require(uri, "uri", function))
                    ?? throw VirtNetException.NoMetadata();

            default:
                throw UnknownType(type);
        }
    }

    /// <param name="value">Null, or empty for text, removes what is there; removing what is absent succeeds.</param>
    /// <param name="key">The prefix that an element is stored with.</param>
    /// <param name="uri">The namespace that an element is stored in and found by.</param>
    /// <exception cref="VirtNetException">Code 8 for arguments that do not fit together, 35 for text that is not XML.</exception>
    public static NetworkDefinition Set(
        NetworkDefinition definition, NetworkMetadataType type, string? value, string? key, string? uri)
    {
        const string function = "virNetworkSetMetadata";
        switch (type)
        {
            case NetworkMetadataType.Description:
                RequireNull(uri, "uri", function);
                RequireNull(key, "key", function);
                return definition with { Description = NullIfEmpty(value) };

            case NetworkMetadataType.Title:
                if (value?.Contains('\n', StringComparison.Ordinal) is true)
                {
                    throw VirtNetException.ArgumentRefused(function, "metadata", "metadata title can't contain newlines");
                }

                RequireNull(uri, "uri", function);
                RequireNull(key, "key", function);
                return definition with { Title = NullIfEmpty(value) };

            case NetworkMetadataType.Element:
                string ns = Require(uri, "uri", function);
                return definition with
                {
                    Metadata = value is null
                        ? MetadataElements.Remove(definition.Metadata, ns)
                        : MetadataElements.Set(definition.Metadata, value, Require(key, "key", function), ns),
                };

            default:
                throw UnknownType(type);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static void RequireNull(string? argument, string name, string function)
    {
        if (argument is not null)
        {
            throw VirtNetException.ArgumentRefused(function, name, $"{name} in {function} must be NULL");
        }
    }

    private static string Require(string? argument, string name, string function) =>
        argument
        ?? throw VirtNetException.ArgumentRefused(function, name, $"{name} in {function} must not be NULL");

    private static VirtNetException UnknownType(NetworkMetadataType type) =>
        VirtNetException.InvalidArgument($"unknown metadata type '{(int)type}'");
}
