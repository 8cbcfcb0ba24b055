// What a test does with a message, as the resolver would.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

internal static class Reading
{
    /// <summary>A response to a question for <c>example.test</c>, to build upon.</summary>
    public static ResponseBuilder To(RecordType type, string name = "example.test") =>
        new(Query.WithEdns(DnsName.Parse(name), type, octets => octets.Clear()).Octets.Span);

    /// <summary>What a message says about a name, as one line.</summary>
    public static string Say<TRecord>(byte[] message, string name = "example.test", int aliasesLeft = Resolver.MaxAliases)
        where TRecord : class, IRecord<TRecord> =>
        Response.TryRead(message, out var response) ? Say(Step.Of<TRecord>(response, DnsName.Parse(name), aliasesLeft)) : "no message";

    /// <summary>As <see cref="Say{TRecord}(byte[], string, int)"/>, for the type with a number.</summary>
    public static string Say(int type, byte[] message, string name = "example.test") => type switch
    {
        ResponseBuilder.A => Say<ARecord>(message, name),
        ResponseBuilder.Aaaa => Say<AaaaRecord>(message, name),
        ResponseBuilder.Mx => Say<MxRecord>(message, name),
        ResponseBuilder.Txt => Say<TxtRecord>(message, name),
        ResponseBuilder.Ptr => Say<PtrRecord>(message, name),
        ResponseBuilder.Cname => Say<CnameRecord>(message, name),
        ResponseBuilder.Srv => Say<SrvRecord>(message, name),
        ResponseBuilder.Tlsa => Say<TlsaRecord>(message, name),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>All types that can be asked for.</summary>
    public static int[] Types { get; } =
        [ResponseBuilder.A, ResponseBuilder.Aaaa, ResponseBuilder.Mx, ResponseBuilder.Txt, ResponseBuilder.Ptr, ResponseBuilder.Cname,
            ResponseBuilder.Srv, ResponseBuilder.Tlsa];

    /// <summary>Reads a message for every type: whatever comes of it, it is no exception.</summary>
    public static void SurviveAll(byte[] message, string name = "example.test")
    {
        foreach (var type in Types)
            Say(type, message, name);
    }

    /// <summary>Reads a message whole, cut at each octet, and with each octet changed in several ways.</summary>
    public static void SurviveDamage(byte[] message)
    {
        SurviveAll(message);
        for (var i = 0; i < message.Length; i++)
        {
            SurviveAll(message[..i]);
            foreach (var flip in (ReadOnlySpan<byte>)[0x01, 0x40, 0x80, 0xc0, 0xff])
            {
                var damaged = message.ToArray();
                damaged[i] ^= flip;
                SurviveAll(damaged);
            }
        }
    }

    public static string Say<TRecord>(Step<TRecord> step) => step switch
    {
        Step<TRecord>.Found found => $"{string.Join(", ", found.Records.Select(Say))} at {found.Name} for {found.Ttl.TotalSeconds}{(found.IsAuthenticated ? " authenticated" : "")}",
        Step<TRecord>.Nothing nothing => $"{(nothing.NameExists ? "no data" : "no such name")} for {nothing.Ttl.TotalSeconds}{(nothing.IsAuthenticated ? " authenticated" : "")}",
        Step<TRecord>.Alias alias => $"alias of {alias.Target} after {alias.Followed} for {alias.Ttl.TotalSeconds}{(alias.IsAuthenticated ? " authenticated" : "")}",
        Step<TRecord>.Failed failed => failed.Trouble.ToString(),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private static string Say<TRecord>(TRecord record) => record switch
    {
        ARecord a => a.Address.ToString(),
        AaaaRecord a => a.Address.ToString(),
        MxRecord mx => $"{mx.Preference} {mx.Exchange}",
        TxtRecord txt => $"\"{txt.Text}\"",
        PtrRecord ptr => ptr.Name.Text,
        CnameRecord cname => cname.Target.Text,
        SrvRecord srv => $"{srv.Priority} {srv.Weight} {srv.Port} {srv.Target}",
        TlsaRecord tlsa => $"{tlsa.Usage} {tlsa.Selector} {tlsa.MatchingType} {Convert.ToHexStringLower(tlsa.Association.Span)}",
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };
}
