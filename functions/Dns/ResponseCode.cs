// What a server says about the question as a whole.
namespace MailFunctions.Dns;

/// <summary>A response's code with the bits that EDNS adds (RFC 1035 4.1.1, RFC 6891 6.1.3); other values occur.</summary>
internal enum ResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
