using System.Security.Cryptography.X509Certificates;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Keys;

namespace VirtNet.Fabric.Tests.Keys;

public sealed class JoinTokenTests
{
    [Fact]
    public void A_token_is_one_word_and_says_all_that_was_put_in()
    {
        JoinToken token = new("h2", "192.0.2.2", "https://192.0.2.1:2379", new HostKeys("ca", "cert", "key"));

        string text = token.Format();

        Assert.DoesNotContain(text, letter => !char.IsAsciiLetterOrDigit(letter) && letter is not '-' and not '_');
        Assert.Equal(token, JoinToken.Parse(text + "\n"));
        Assert.DoesNotContain("key", token.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("aGVsbG8")]
    public void What_is_none_is_refused(string text) => Assert.Throws<FabricException>(() => JoinToken.Parse(text));

    [Fact]
    public void Half_a_token_is_refused()
    {
        string text = new JoinToken("h2", "192.0.2.2", "https://192.0.2.1:2379", new HostKeys("ca", "cert", "key")).Format();
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Throws<FabricException>(() => JoinToken.Parse(text[..length]));
        }
    }

    [Fact]
    public void What_an_authority_issues_is_believed_where_it_is_and_nowhere_else()
    {
        using FabricAuthority ours = FabricAuthority.Create(TimeProvider.System);
        using FabricAuthority other = FabricAuthority.Create(TimeProvider.System);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(ours.Issue("h1", "192.0.2.1").Certificate);

        Assert.True(IsBelieved(certificate, ours));
        Assert.False(IsBelieved(certificate, other));
        Assert.True(certificate.MatchesHostname("192.0.2.1"));
        Assert.False(certificate.MatchesHostname("192.0.2.2"));
    }

    private static bool IsBelieved(X509Certificate2 certificate, FabricAuthority authority)
    {
        using X509Chain chain = new();
        using X509Certificate2 root = X509Certificate2.CreateFromPem(authority.Pem);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        return chain.Build(certificate);
    }
}
