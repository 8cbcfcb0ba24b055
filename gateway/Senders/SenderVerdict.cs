// What was found out of whoever sent a message.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Senders;

/// <summary>What is to be told of a message, and whether it is taken.</summary>
/// <param name="Field">The field that tells it; empty where nothing was to be asked.</param>
/// <param name="Seal">The seal for those to whom an alias sends it on; empty where there is none.</param>
/// <param name="Refusal">Why it is not taken, or null: quarantine is told in the field, and the message delivered.</param>
internal sealed record SenderVerdict(string Field, byte[] Seal, Reply? Refusal);
