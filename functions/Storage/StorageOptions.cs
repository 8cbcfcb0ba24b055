// Where the mail is stored, as the configuration says it.
namespace MailFunctions.Storage;

/// <summary>The part of the configuration section <c>Mail</c> that tells where the mail is stored.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration key of <see cref="Storage"/>.</summary>
    public const string Key = "Mail:Storage";

    /// <summary>
    /// A connection string, the name of a storage account, or the https address of an account's blob service; the last two are reached with the
    /// process's Azure identity and no key.
    /// </summary>
    public string? Storage { get; set; }
}

/// <summary>The configuration does not tell where the mail is stored; the message names the key and what is allowed, and repeats no secret.</summary>
public sealed class StorageConfigurationException(string message) : Exception(message);
