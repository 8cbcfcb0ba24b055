// Names the storage that the pipeline runs on.
using MailFunctions.Storage;

namespace MailFunctions.App;

/// <summary>The one place where the program chooses what implements the stores.</summary>
internal static class StoreRegistration
{
    /// <summary>Adds every store of <see cref="MailFunctions.Mail.Stores"/>, and the trace.</summary>
    public static void Add(WebApplicationBuilder builder) =>
        builder.Services.AddMailStorage(builder.Configuration, builder.Environment).AddMailTrace("functions");
}
