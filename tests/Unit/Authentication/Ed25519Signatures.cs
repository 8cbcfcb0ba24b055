// The vectors of RFC 8032, and what must not be taken for a signature.
using MailFunctions.Authentication.Ed25519;

namespace MailFunctions.Unit.Authentication;

public sealed class Ed25519Signatures
{
    // RFC 8032 7.1: private key, public key, message, signature.
    public static TheoryData<string, string, string, string> Rows => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_vectors_of_RFC_8032_are_signed_and_verified(string seed, string publicKey, string message, string signature)
    {
        var key = EdwardsSignature.PublicKey(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key));
        var signed = EdwardsSignature.Sign(Convert.FromHexString(seed), key, Convert.FromHexString(message));
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.True(EdwardsSignature.Verify(key, Convert.FromHexString(message), signed));
    }

    [Fact]
    public void Any_changed_bit_of_key_message_or_signature_is_seen()
    {
        var random = new Random(8032);
        var seed = new byte[32];
        var message = new byte[32];
        random.NextBytes(seed);
        random.NextBytes(message);
        var key = EdwardsSignature.PublicKey(seed);
        var signature = EdwardsSignature.Sign(seed, key, message);
        Assert.True(EdwardsSignature.Verify(key, message, signature));
        foreach (var octets in new[] { key, message, signature })
        {
            for (var bit = 0; bit < 8 * octets.Length; bit++)
            {
                octets[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(EdwardsSignature.Verify(key, message, signature));
                octets[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void A_thousand_keys_sign_and_verify()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var seed = new byte[32];
            var message = new byte[random.Next(100)];
            random.NextBytes(seed);
            random.NextBytes(message);
            var key = EdwardsSignature.PublicKey(seed);
            Assert.True(EdwardsSignature.Verify(key, message, EdwardsSignature.Sign(seed, key, message)));
        }
    }

    [Fact]
    public void A_second_signature_made_by_adding_the_groups_order_is_refused()
    {
        var seed = new byte[32];
        var key = EdwardsSignature.PublicKey(seed);
        var signature = EdwardsSignature.Sign(seed, key, "x"u8);
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }
        Assert.False(EdwardsSignature.Verify(key, "x"u8, signature));
    }

    [Theory]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // y = p, another spelling of 0
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")] // no point has this y
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // x = 0 with a sign
    public void What_is_no_point_is_no_key(string key) => Assert.False(EdwardsPoint.TryRead(Convert.FromHexString(key), out _));

    [Theory]
    [InlineData(0, 64)]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 0)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    public void Keys_and_signatures_of_other_lengths_are_refused(int key, int signature) =>
        Assert.False(EdwardsSignature.Verify(new byte[key], "x"u8, new byte[signature]));
}
