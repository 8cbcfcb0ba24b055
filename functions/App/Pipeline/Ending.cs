// How a stage of the pipeline ends when storage did its part.
namespace MailFunctions.App.Pipeline;

/// <summary>What the caller of a stage is to do with the hint that started it.</summary>
internal enum Ending
{
    /// <summary>Nothing more is to be done for this hint: it may be forgotten.</summary>
    Done,

    /// <summary>It cannot be done now by this program: the hint is to come back.</summary>
    TryAgain,
}
