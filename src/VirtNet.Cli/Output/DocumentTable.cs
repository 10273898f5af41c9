using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtNet.Cli.Output;

/// <summary>
/// A document as rows and columns. What it lists are the rows, whose further fields (the network that the leases are of) are the
/// same in each; a document without a list is one row. An object in an object has columns <c>outer.inner</c>, a list of texts is
/// one cell, and so is, as JSON, a list in a row. Columns follow from the type alone: an empty list has the same ones.
/// </summary>
internal sealed class DocumentTable
{
    private const string Separator = "; ";

    private DocumentTable(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, bool isList)
    {
        Header = header;
        Rows = rows;
        IsList = isList;
    }

    public IReadOnlyList<string> Header { get; }

    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    public bool IsList { get; }

    public static DocumentTable Of<T>(T document, JsonTypeInfo<T> type)
    {
        JsonElement element = JsonSerializer.SerializeToElement(document, type);
        JsonPropertyInfo? list = type.Properties.FirstOrDefault(property => IsListOfObjects(TypeOf(type, property))) ?? OnlyList(type);
        List<string> header = [];
        List<string> common = [];
        foreach (JsonPropertyInfo property in type.Properties.Where(property => property != list))
        {
            Flatten(property.Name, Member(element, property.Name), TypeOf(type, property), header, common);
        }

        if (list is null)
        {
            return new DocumentTable(header, [common], isList: false);
        }

        JsonTypeInfo listType = TypeOf(type, list);
        List<IReadOnlyList<string>> rows = [];
        foreach (JsonElement? item in Items(Member(element, list.Name), listType).Prepend(null))
        {
            List<string> row = [.. common];
            FlattenItem(list.Name, item, listType, item is null ? header : [], row);
            if (item is not null)
            {
                rows.Add(row);
            }
        }

        return new DocumentTable(header, rows, isList: true);
    }

    public string ToCsv(bool withHeader)
    {
        StringBuilder text = new();
        if (withHeader)
        {
            CsvText.AppendRow(text, Header);
        }

        foreach (IReadOnlyList<string> row in Rows)
        {
            CsvText.AppendRow(text, row);
        }

        return text.ToString();
    }

    /// <summary>One row a line; a document without a list is shown as pairs of a field and its value.</summary>
    public TextTable ToTable()
    {
        if (IsList)
        {
            TextTable list = new([.. Header.Select((title, index) => new TableColumn(title, Rank: index) { Wraps = index > 0 })]);
            foreach (IReadOnlyList<string> row in Rows)
            {
                list.Add(row);
            }

            return list;
        }

        TextTable pairs = new("field", new TableColumn("value") { Wraps = true });
        foreach ((string field, string value) in Header.Zip(Rows[0]))
        {
            pairs.Add(field, value);
        }

        return pairs;
    }

    private static IEnumerable<JsonElement?> Items(JsonElement? list, JsonTypeInfo type) => list switch
    {
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(item => (JsonElement?)item),
        { ValueKind: JsonValueKind.Object } map when type.Kind == JsonTypeInfoKind.Dictionary =>
            map.EnumerateObject().Select(entry => (JsonElement?)JsonSerializer.SerializeToElement(
                new JsonCounter(entry.Name, entry.Value.GetInt64()), CliJson.Default.JsonCounter)),
        _ => [],
    };

    private static void FlattenItem(string name, JsonElement? item, JsonTypeInfo listType, List<string> header, List<string> row)
    {
        JsonTypeInfo itemType = listType.Kind == JsonTypeInfoKind.Dictionary
            ? CliJson.Default.JsonCounter
            : listType.Options.GetTypeInfo(listType.ElementType!);
        if (itemType.Kind != JsonTypeInfoKind.Object)
        {
            Flatten(name, item, itemType, header, row);
            return;
        }

        foreach (JsonPropertyInfo property in itemType.Properties)
        {
            Flatten(property.Name, Member(item, property.Name), TypeOf(itemType, property), header, row);
        }
    }

    private static void Flatten(string name, JsonElement? value, JsonTypeInfo type, List<string> header, List<string> row)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
        {
            foreach (JsonPropertyInfo property in type.Properties)
            {
                Flatten($"{name}.{property.Name}", Member(value, property.Name), TypeOf(type, property), header, row);
            }

            return;
        }

        header.Add(name);
        row.Add(Cell(value));
    }

    private static string Cell(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(Separator, list.EnumerateArray().Select(item => item.GetString())),
        { } other => other.GetRawText(),
    };

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out JsonElement member) ? member : null;

    /// <summary>What a document is about that has nothing but a list, and perhaps what it is the list of.</summary>
    private static JsonPropertyInfo? OnlyList(JsonTypeInfo type) =>
        type.Properties.Where(property => TypeOf(type, property).Kind != JsonTypeInfoKind.Object).ToArray() is [var only]
        && TypeOf(type, only).Kind == JsonTypeInfoKind.Enumerable
            ? only
            : null;

    private static bool IsListOfObjects(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Dictionary => true,
        JsonTypeInfoKind.Enumerable => type.Options.GetTypeInfo(type.ElementType!).Kind == JsonTypeInfoKind.Object,
        _ => false,
    };

    private static JsonTypeInfo TypeOf(JsonTypeInfo owner, JsonPropertyInfo property) => owner.Options.GetTypeInfo(property.PropertyType);
}
