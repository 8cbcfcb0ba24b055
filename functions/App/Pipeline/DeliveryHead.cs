// The fields that final delivery puts on top of a copy.
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>The head of a mailbox copy: <c>Return-Path:</c> (RFC 5321 4.4) and <c>Delivered-To:</c> (RFC 9228).</summary>
internal static class DeliveryHead
{
    /// <summary>The two fields as octets, each ending in CR LF.</summary>
    public static byte[] For(EmailAddress? reversePath, EmailAddress account) =>
        Encoding.UTF8.GetBytes($"Return-Path: <{reversePath}>\r\nDelivered-To: {account}\r\n");
}
