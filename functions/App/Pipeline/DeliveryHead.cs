// The fields that final delivery puts on top of a copy.
using System.Text;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>The head of a mailbox copy: <c>Return-Path:</c> (RFC 5321 4.4) and <c>Delivered-To:</c> (RFC 9228).</summary>
internal static class DeliveryHead
{
    /// <summary>The two fields as octets, each ending in CR LF, and below them what a scan came to.</summary>
    public static byte[] For(EmailAddress? reversePath, EmailAddress account, ScanVerdict verdict) =>
        Encoding.UTF8.GetBytes($"Return-Path: <{reversePath}>\r\nDelivered-To: {account}\r\n{verdict.Fields}");
}
