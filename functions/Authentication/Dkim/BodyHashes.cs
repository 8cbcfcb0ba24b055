// The hashes of one body that the signatures of a message ask for.
namespace MailFunctions.Authentication.Dkim;

/// <summary>Computes each hash once, however many signatures want it: a form is made once, and each limit hashed once.</summary>
internal sealed class BodyHashes : IDisposable
{
    private readonly Dictionary<Canonicalization, Form> _forms = [];

    /// <summary>Asks for a hash; only before the body comes.</summary>
    public void Require(Canonicalization form, long? limit)
    {
        if (!_forms.TryGetValue(form, out var known))
            _forms.Add(form, known = new Form(form));
        known.Require(limit);
    }

    /// <summary>Looks at the next octets of the body.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        foreach (var form in _forms.Values)
            form.Body.Pass(content);
    }

    /// <summary>Says that the body has ended.</summary>
    public void Complete()
    {
        foreach (var form in _forms.Values)
            form.Complete();
    }

    /// <summary>A hash that was asked for.</summary>
    public BodyHash Of(Canonicalization form, long? limit) => _forms[form].Hashes.First(hash => hash.Limit == limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in _forms.Values.SelectMany(form => form.Hashes))
            hash.Dispose();
    }

    private sealed class Form : IOctetSink
    {
        public Form(Canonicalization form) => Body = new BodyForm(form, this);

        public BodyForm Body { get; }

        public List<BodyHash> Hashes { get; } = [];

        public void Require(long? limit)
        {
            if (!Hashes.Exists(hash => hash.Limit == limit))
                Hashes.Add(new BodyHash(limit));
        }

        public void Append(ReadOnlySpan<byte> octets)
        {
            foreach (var hash in Hashes)
                hash.Append(octets);
        }

        public void Complete()
        {
            Body.Complete();
            Hashes.ForEach(hash => hash.Complete());
        }
    }
}
