// The verifier that stands for a password, by the example of RFC 7677.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class ScramVerifierTests
{
    // RFC 7677 3
    private const string Message = "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    private static readonly ScramVerifier Verifier = Of("pencil");

    [Fact]
    public void The_proof_of_the_example_is_right_and_the_signature_is_its()
    {
        Assert.True(Verifier.VerifyProof(Encoding.ASCII.GetBytes(Message), Convert.FromBase64String(Proof)));
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(Verifier.Sign(Encoding.ASCII.GetBytes(Message))));
        Assert.True(Verifier.Verify("pencil"u8));
    }

    [Fact]
    public void Another_message_another_proof_and_another_password_are_wrong()
    {
        var (message, proof) = (Encoding.ASCII.GetBytes(Message), Convert.FromBase64String(Proof));
        for (var bit = 0; bit < 256; bit++)
        {
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Verifier.VerifyProof(message, proof));
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        for (var length = 0; length < 32; length++)
            Assert.False(Verifier.VerifyProof(message, proof.AsSpan(0, length)));
        Assert.False(Verifier.VerifyProof(message, [.. proof, 0]));
        Assert.False(Verifier.VerifyProof(message.AsSpan(1), proof));
        Assert.False(Of("Pencil").VerifyProof(message, proof));
    }

    [Fact]
    public void What_nobody_knows_matches_nothing()
    {
        Assert.False(ScramVerifier.Unmatchable.VerifyProof("x"u8, new byte[32]));
        Assert.False(ScramVerifier.Unmatchable.VerifyProof("x"u8, HMACSHA256.HashData(new byte[32], "x"u8))); // a client key of zeros
    }

    private static ScramVerifier Of(string password)
    {
        var salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, 4_096, HashAlgorithmName.SHA256, 32);
        return new ScramVerifier
        {
            Salt = salt, Iterations = 4_096, StoredKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), ServerKey = HMACSHA256.HashData(salted, "Server Key"u8),
        };
    }
}
