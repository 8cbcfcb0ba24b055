// How a part wants to be shown.
namespace MailFunctions.Mime.Fields;

/// <summary>The field <c>Content-Disposition</c> (RFC 2183).</summary>
/// <param name="Type">The type in lower case: <c>inline</c>, <c>attachment</c>, or another, to be taken as an attachment (RFC 2183 2.8).</param>
/// <param name="Parameters">The parameters.</param>
public sealed record ContentDisposition(string Type, ParameterList Parameters)
{
    /// <summary>True unless the part is to be shown within the message.</summary>
    public bool IsAttachment => Type != "inline";

    /// <summary>Reads an unfolded value, or gives null where there is no type in it and no parameter.</summary>
    public static ContentDisposition? Read(string value, ref Defects defects)
    {
        var scanner = new FieldScanner(value);
        var type = AsciiCase.Lower(scanner.ReadType());
        var parameters = ParameterList.Read(scanner, ref defects);
        if (scanner.IsMalformed || type.Length == 0)
            defects |= Defects.MalformedDisposition;
        if (type.Length == 0 && parameters.All.Count == 0)
            return null;
        return new ContentDisposition(type.Length == 0 ? "attachment" : type, parameters);
    }
}
