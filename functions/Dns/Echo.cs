// How well a message repeats the question it is said to answer.
namespace MailFunctions.Dns;

internal enum Echo
{
    /// <summary>Not at all: the message is not for us.</summary>
    None,

    /// <summary>Id and question are ours, but not its case: from a server that does not keep it, or from a forger who had luck.</summary>
    OtherCase,

    /// <summary>It is our question.</summary>
    Exact,
}
