// The parameters of Content-Type and Content-Disposition.
using MailFunctions.Mime.Parts;

namespace MailFunctions.Mime.Fields;

/// <summary>A parameter, decoded.</summary>
/// <param name="Name">The name in lower case, without the asterisks of RFC 2231.</param>
/// <param name="Value">The value.</param>
public readonly record struct Parameter(string Name, string Value);

/// <summary>Parameters in the order of their first piece: <c>; name=value</c> (RFC 2045 5.1), continued and in charsets (RFC 2231).</summary>
/// <remarks>
/// One reading, whatever stands there: of two of the same name the first counts, but one in the form of RFC 2231 counts before a plain one. Pieces are
/// put together in the order of their numbers, up to the first that is missing. Encoded words in a value are decoded, though RFC 2047 5 forbids them.
/// </remarks>
public sealed class ParameterList
{
    private readonly List<Parameter> _parameters;

    private ParameterList(List<Parameter> parameters) => _parameters = parameters;

    /// <summary>No parameters.</summary>
    public static ParameterList Empty { get; } = new([]);

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> All => _parameters;

    /// <summary>The value of a parameter by its name in lower case, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in _parameters)
            {
                if (parameter.Name == name)
                    return parameter.Value;
            }
            return null;
        }
    }

    /// <summary>Makes a list of parameters to print.</summary>
    public static ParameterList Of(IEnumerable<Parameter> parameters) => new([.. parameters]);

    /// <summary>Reads what stands behind the type: semicolons, names and values.</summary>
    internal static ParameterList Read(FieldScanner scanner, ref Defects defects)
    {
        var pieces = new Dictionary<string, ParameterPieces>(StringComparer.Ordinal);
        var order = new List<ParameterPieces>();
        var count = 0;
        while (scanner.TryReadParameter(out var name, out var value, out var isQuoted))
        {
            if (++count > MimeLimits.Parameters)
            {
                defects |= Defects.TooManyParameters;
                break;
            }
            var key = ParameterKey.Of(name);
            if (!pieces.TryGetValue(key.Name, out var parameter))
            {
                parameter = new ParameterPieces(key.Name);
                pieces.Add(key.Name, parameter);
                order.Add(parameter);
            }
            if (!parameter.TryAdd(key, value, isQuoted))
                defects |= Defects.DuplicateParameter;
        }
        return new ParameterList([.. order.Select(parameter => new Parameter(parameter.Name, parameter.Join())).Where(one => one.Name.Length > 0)]);
    }
}
