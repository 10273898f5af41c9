using System.Text.Encodings.Web;
using System.Text.Json.Serialization;

namespace VirtNet.Cli.Output;

/// <summary>Serialisers made at build time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)] // with metadata: tables are made from it
[JsonSerializable(typeof(JsonError))]
[JsonSerializable(typeof(JsonNetworkName))]
[JsonSerializable(typeof(JsonDefinedNetwork))]
[JsonSerializable(typeof(JsonNetwork))]
[JsonSerializable(typeof(JsonNetworkList))]
[JsonSerializable(typeof(JsonLeaseUse))]
[JsonSerializable(typeof(JsonXml))]
[JsonSerializable(typeof(JsonLeaseList))]
[JsonSerializable(typeof(JsonWhereList))]
[JsonSerializable(typeof(JsonSpan))]
[JsonSerializable(typeof(FabricSpanAnswer))]
[JsonSerializable(typeof(JsonPort))]
[JsonSerializable(typeof(JsonPortList))]
[JsonSerializable(typeof(JsonUpdate))]
[JsonSerializable(typeof(JsonDescription))]
[JsonSerializable(typeof(JsonMetadata))]
[JsonSerializable(typeof(JsonEdit))]
[JsonSerializable(typeof(JsonEventTypes))]
[JsonSerializable(typeof(JsonEvent))]
[JsonSerializable(typeof(JsonEventEnd))]
[JsonSerializable(typeof(JsonWait))]
[JsonSerializable(typeof(JsonNewNetwork))]
[JsonSerializable(typeof(JsonImportedNetwork))]
[JsonSerializable(typeof(JsonStub))]
[JsonSerializable(typeof(JsonPropertyValue))]
[JsonSerializable(typeof(JsonPropertyList))]
[JsonSerializable(typeof(JsonPropertyHelpList))]
[JsonSerializable(typeof(JsonNetworkChange))]
[JsonSerializable(typeof(JsonReservation))]
[JsonSerializable(typeof(JsonPublished))]
[JsonSerializable(typeof(JsonUnpublished))]
[JsonSerializable(typeof(JsonPublicationList))]
[JsonSerializable(typeof(JsonUri))]
[JsonSerializable(typeof(JsonVersion))]
[JsonSerializable(typeof(JsonStatus))]
[JsonSerializable(typeof(JsonLogLevel))]
[JsonSerializable(typeof(JsonText))]
[JsonSerializable(typeof(JsonVerbList))]
[JsonSerializable(typeof(JsonHelp))]
[JsonSerializable(typeof(JsonValidation))]
[JsonSerializable(typeof(JsonPlan))]
[JsonSerializable(typeof(JsonRedefinition))]
[JsonSerializable(typeof(JsonStats))]
[JsonSerializable(typeof(JsonCounter))]
[JsonSerializable(typeof(JsonErrorRow))]
[JsonSerializable(typeof(JsonGuestInterfaceList))]
[JsonSerializable(typeof(JsonGuestChange))]
[JsonSerializable(typeof(JsonLink))]
[JsonSerializable(typeof(JsonAttachmentList))]
[JsonSerializable(typeof(JsonGuestAddressList))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Nothing here ends up in HTML, so quotes and angle brackets of XML stay readable.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
}
