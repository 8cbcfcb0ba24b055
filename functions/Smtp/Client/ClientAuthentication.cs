// AUTH: carries a SASL exchange over SMTP.
namespace MailFunctions.Smtp.Client;

/// <summary>The framing of RFC 4954 4: challenges in 334 replies, responses in lines, both in base64.</summary>
internal sealed class ClientAuthentication(PeerWire wire, ClientLimits limits, string host)
{
    private const int MaxSteps = 10;

    /// <summary>Logs in.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async Task<ClientTrouble?> RunAsync(SaslClient exchange)
    {
        var command = $"AUTH {exchange.Mechanism}";
        var initial = exchange.InitialResponse is { } first ? Convert.ToBase64String(first) : null;
        // RFC 4954 4: an initial response that would make the line too long waits for the server's leave.
        if (initial is not null && command.Length + 1 + initial.Length <= PeerWire.MaxCommandLine - 2)
            (command, initial) = ($"{command} {initial}", null);
        var answer = await wire.AskAsync(command, limits.Command);
        for (var step = 0; answer.Reply is { Code: 334 }; step++)
        {
            var response = initial ?? Respond(exchange, answer.Lines);
            initial = null;
            if (response is null || step == MaxSteps || response.Length > PeerWire.MaxSaslLine - 2)
                return Trouble(TroubleCause.NoLogin, "the server's challenge is not that of the mechanism");
            answer = await wire.AskAsync(response, limits.Command, PeerWire.MaxSaslLine);
        }
        return answer.Reply switch
        {
            { IsSuccess: true } => exchange.IsComplete ? null : Trouble(TroubleCause.NoLogin, "the server has not proved that it knows the password"),
            { IsTransient: true } or { IsPermanent: true } => ClientTrouble.FromReply(TroubleScope.Site, ClientStage.Login, host, answer.Reply),
            { } reply => Trouble(TroubleCause.Malformed, reply.ToString()),
            null => Trouble(answer.Cause, null),
        };
    }

    private static string? Respond(SaslClient exchange, IReadOnlyList<string> challenge)
    {
        var text = challenge.Count == 0 ? "" : challenge[0].Trim();
        // Challenges that are no base64 are met, and mechanisms that do not look at them do not mind.
        var octets = new byte[text.Length];
        octets = Convert.TryFromBase64String(text, octets, out var length) ? octets[..length] : [];
        return exchange.Respond(octets) is { } response ? Convert.ToBase64String(response) : null;
    }

    private ClientTrouble Trouble(TroubleCause cause, string? why) => ClientTrouble.OfSite(ClientStage.Login, cause, host, why);
}
