// How mailctl tells a script what came of it.
namespace MailFunctions.Mailctl;

/// <summary>The exit codes; they are part of what scripts rely on.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Refused: not found, in the way of something else, or in use. Nothing was changed unless the message says so.</summary>
    Refused = 1,

    /// <summary>The command line, the password line or the configuration is wrong.</summary>
    Misuse = 2,

    /// <summary>Storage, or a certificate's authority, could not be reached. What was begun may have taken effect and can be repeated.</summary>
    Unreachable = 3,
}
