// The enhanced status code of RFC 3463, without its class: that follows from the reply code and is never stored twice.
namespace MailFunctions.Smtp;

/// <summary>Subject and detail of an enhanced status code (RFC 3463, RFC 5248): the 1.1 of <c>5.1.1</c>.</summary>
public readonly record struct EnhancedStatus(int Subject, int Detail);
