// What came of putting one question to one server.
namespace MailFunctions.Dns;

/// <summary>The end of a question to a server.</summary>
public abstract record Exchange
{
    private Exchange()
    {
    }

    /// <summary>A well-formed response to the question, whatever it says.</summary>
    public sealed record Answered(Response Response) : Exchange;

    /// <summary>A response that counts only when it comes over TCP: it was cut short, or does not repeat the question's case.</summary>
    public sealed record AskOverTcp : Exchange;

    /// <summary>No response: nothing came, nothing that is one, or the network refused.</summary>
    public sealed record Failed(Trouble Trouble) : Exchange;
}
