// Why a session ends that nobody ended.
namespace MailFunctions.Gateway.Connections;

/// <summary>The client took longer than it may.</summary>
/// <param name="limit">The name of the limit.</param>
internal sealed class ClientTooSlowException(string limit) : IOException($"The client took too long ({limit}).");

/// <summary>The gateway is stopping; the client should come back.</summary>
internal sealed class GatewayStoppingException() : IOException("The gateway is stopping.");
