// Reads From, To and the like.
namespace MailFunctions.Mime.Fields;

/// <summary>The addresses of a field, and what is wrong with it.</summary>
/// <param name="Entries">The entries, as far as they can be told apart.</param>
/// <param name="Defects">Of addresses only.</param>
public sealed record AddressList(IReadOnlyList<Address> Entries, Defects Defects)
{
    /// <summary>No addresses.</summary>
    public static AddressList Empty { get; } = new([], Defects.None);

    /// <summary>The mailboxes, those of groups among them.</summary>
    public IEnumerable<Address.Mailbox> Mailboxes
    {
        get
        {
            foreach (var entry in Entries)
            {
                switch (entry)
                {
                    case Address.Mailbox mailbox:
                        yield return mailbox;
                        break;
                    case Address.Group group:
                        foreach (var member in group.Members)
                            yield return member;
                        break;
                }
            }
        }
    }

    /// <summary>Reads a list of mailboxes and groups, by the grammar of RFC 5322 3.4 and 4.4, and past what neither has.</summary>
    public static AddressList Read(string value)
    {
        var reading = new AddressReading(value);
        reading.ReadAll();
        return new AddressList(reading.Entries, reading.Defects);
    }

    /// <summary>Prints the list, an entry on each line.</summary>
    public string Print() => string.Join(",\r\n ", Entries);
}
