// Which header fields our signatures cover.
namespace MailFunctions.Authentication.Dkim;

/// <summary>Chooses the names for h= (RFC 6376 5.4.1).</summary>
internal static class SignedFields
{
    // One more of these is signed than is there: whoever adds another breaks the signature (RFC 6376 8.15).
    private static readonly string[] Closed =
        ["From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "Content-Type", "MIME-Version"];

    // The same of these where they are, since lists and gateways rightly add them where they are not.
    private static readonly string[] ClosedIfPresent = ["Sender", "In-Reply-To", "References", "Content-Transfer-Encoding"];

    // As many of these as are there.
    private static readonly string[] Open =
        ["Content-Disposition", "Content-ID", "Content-Description", "Resent-From", "Resent-To", "Resent-Cc", "Resent-Date", "Resent-Message-ID"];

    /// <summary>The names, each as often as it is signed, for a signature of DKIM.</summary>
    public static IReadOnlyList<string> ForDkim(HeaderIndex header)
    {
        var names = new List<string>();
        Add(names, header, Closed, 1);
        Add(names, header, Open, 0);
        foreach (var name in ClosedIfPresent)
        {
            if (Count(header, name) > 0)
                Add(names, header, [name], 1);
        }
        return names;
    }

    /// <summary>The same for ARC: nothing is closed, and the signatures of DKIM are covered too (RFC 8617 4.1.2).</summary>
    public static IReadOnlyList<string> ForArc(HeaderIndex header)
    {
        var names = new List<string>();
        Add(names, header, Closed, 0);
        Add(names, header, ClosedIfPresent, 0);
        Add(names, header, ["DKIM-Signature"], 0);
        return names;
    }

    private static void Add(List<string> names, HeaderIndex header, string[] add, int more)
    {
        foreach (var name in add)
            names.AddRange(Enumerable.Repeat(name, Count(header, name) + more));
    }

    private static int Count(HeaderIndex header, string name) => header.Named(name.ToLowerInvariant()).Count;
}
