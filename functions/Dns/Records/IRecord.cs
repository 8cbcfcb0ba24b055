// What the resolver has to know of a type of record.
namespace MailFunctions.Dns.Records;

/// <summary>The data of a record. The types that can be asked for are those of this folder.</summary>
public interface IRecord<TSelf>
    where TSelf : class, IRecord<TSelf>
{
    /// <summary>The type's number.</summary>
    static abstract RecordType Type { get; }

    /// <summary>Reads the data.</summary>
    /// <returns>Null if it is none of this type; the caller checks that nothing is left over.</returns>
    internal static abstract TSelf? Read(ref DataReader reader);

    /// <summary>
    /// Which records stay where there are more than <see cref="Resolver.MaxRecords"/>: those of the lowest rank, then those that come first.
    /// </summary>
    internal static virtual int Rank(TSelf record) => 0;
}
