using Microsoft.Extensions.Logging;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Neighbours;

/// <summary>Says what rules of others do to what networks publish: a condition of the network, and one line in the log when it is new.</summary>
internal sealed class PublicationReport(ConditionBoard board, ILogger logger)
{
    private const string Source = "published";

    /// <summary>Lines of one network: who publishes a thousand ports need not read a thousand.</summary>
    private const int MostConditions = 20;

    public void Tell(GuestNetwork network, PublicationWarning[] found)
    {
        string[] texts = [.. found.Select(warning => $"publication {warning.Place.Listen}: {warning.Text}").Distinct()];
        if (board.Set(network.Uuid, Source, [.. texts.Take(MostConditions).Select(text => new Condition(ConditionKind.Warning, text))])
            && texts.Length > 0)
        {
            logger.PublicationDisturbed(network.Name, texts.Length, texts[0]);
        }
    }

    /// <summary>On any thread.</summary>
    public void TakeOff(Guid network) => board.Set(network, Source, []);
}
