using System.Net;
using LeakySpanner.Web;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

public sealed class AccessRuleTests
{
    private static readonly AccessRule Open = new(null);
    private static readonly AccessRule Keyed = new("s3cret");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:127.8.9.10")]
    public void Without_a_key_loopback_clients_may(string client) => Open.Decide(Get(client)).ShouldBe(Access.Granted);

    [Theory]
    [InlineData("192.168.1.7")]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("128.0.0.1")]
    [InlineData(null)]
    public void Without_a_key_nobody_else_may(string? client)
    {
        var access = Open.Decide(Get(client));

        access.Status.ShouldBe(403);
        access.Refusal!.ShouldContain("LEAKYSPANNER_API_KEY");
    }

    [Fact]
    public void A_proxy_makes_everybody_look_local_so_that_forwarded_requests_need_a_key()
    {
        Open.Decide(Get() with { Forwarded = true }).Status.ShouldBe(403);
        Keyed.Decide(Get() with { Forwarded = true, ApiKey = "s3cret" }).ShouldBe(Access.Granted);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8000")]
    [InlineData("localhost.")]
    [InlineData("shop.localhost:8000")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:8001")]
    [InlineData("127.1.2.3:1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:8001")]
    [InlineData("[::ffff:127.0.0.1]:8001")]
    public void Loopback_names_are_hosts(string host) => Open.Decide(Get() with { Host = host }).ShouldBe(Access.Granted);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8001")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("evillocalhost")]
    [InlineData("localhost:8001@evil.example")]
    [InlineData("localhost@evil.example")]
    [InlineData("evil.example#localhost")]
    [InlineData("0.0.0.0:8001")]
    [InlineData("10.0.0.1")]
    [InlineData("[::]:8001")]
    [InlineData("[fe80::1]:8001")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[::1]8001")]
    [InlineData("::1")]
    [InlineData(":8001")]
    [InlineData("localhost:")]
    [InlineData("localhost:123456")]
    [InlineData("localhost:80 ")]
    [InlineData("localhost, evil.example")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_hosts_may_be_another_sites_name_for_this_machine(string? host)
    {
        var access = Open.Decide(Get() with { Host = host });

        // An empty port is allowed by RFC 3986, and names this machine.
        if (host == "localhost:")
            access.ShouldBe(Access.Granted);
        else
            access.Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("s3cret", null)]
    [InlineData(null, "Bearer s3cret")]
    [InlineData(null, "bearer s3cret")]
    [InlineData(null, "BEARER  s3cret ")]
    [InlineData("s3cret", "Basic dXNlcjpwYXNz")]
    [InlineData("wrong", "Bearer s3cret")]
    [InlineData("s3cret", "Bearer the-application's-own-token")]
    public void With_a_key_whoever_sends_it_may_from_anywhere(string? apiKey, string? authorization) =>
        Keyed.Decide(Get("203.0.113.9") with { Host = "shop.example", Forwarded = true, ApiKey = apiKey, Authorization = authorization }).ShouldBe(Access.Granted);

    [Theory]
    [InlineData(null, null, "is needed")]
    [InlineData("", null, "not the API key")]
    [InlineData("S3CRET", null, "not the API key")]
    [InlineData("s3cret2", null, "not the API key")]
    [InlineData("s3cre", null, "not the API key")]
    [InlineData("s3cret,s3cret", null, "not the API key")]
    [InlineData(null, "s3cret", "is needed")]
    [InlineData(null, "Bearer", "is needed")]
    [InlineData(null, "Bearer ", "not the API key")]
    [InlineData(null, "Bearers3cret", "is needed")]
    [InlineData(null, "Basic s3cret", "is needed")]
    [InlineData(null, "Bearer wrong", "not the API key")]
    public void With_a_key_nobody_else_may_not_even_on_this_machine(string? apiKey, string? authorization, string says)
    {
        var access = Keyed.Decide(Get() with { ApiKey = apiKey, Authorization = authorization });

        access.Status.ShouldBe(401);
        access.Refusal!.ShouldContain(says);
        access.Refusal!.ShouldNotContain("s3cret");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_blank_key_is_no_key(string key)
    {
        var rule = new AccessRule(key);

        rule.HasKey.ShouldBeFalse();
        rule.Decide(Get()).ShouldBe(Access.Granted);
        rule.Decide(Get("10.0.0.1") with { ApiKey = key }).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("cross-site", null)]
    [InlineData("same-site", null)]
    [InlineData("anything", null)]
    [InlineData("", null)]
    [InlineData(null, "https://evil.example")]
    [InlineData(null, "http://localhost:3000")]
    [InlineData(null, "https://localhost:8001.evil.example")]
    [InlineData(null, "null")]
    [InlineData(null, "")]
    [InlineData(null, "file://localhost:8001")]
    [InlineData("same-origin", "https://evil.example")]
    public void A_page_of_another_site_changes_nothing_with_or_without_a_key(string? fetchSite, string? origin)
    {
        var post = Get() with { ChangesState = true, FetchSite = fetchSite, Origin = origin, ApiKey = "s3cret" };

        Open.Decide(post).Status.ShouldBe(403);
        Keyed.Decide(post).Status.ShouldBe(403);
        Open.Decide(post with { ChangesState = false }).ShouldBe(Access.Granted);
    }

    [Theory]
    [InlineData(null, null, "localhost:8001")]
    [InlineData("none", null, "localhost:8001")]
    [InlineData("same-origin", "http://localhost:8001", "localhost:8001")]
    [InlineData(null, "http://localhost:8001", "LOCALHOST:8001")]
    [InlineData(null, "http://localhost", "localhost:80")]
    [InlineData(null, "http://[::1]:8001", "[::1]:8001")]
    public void Tools_and_the_services_own_pages_may_post(string? fetchSite, string? origin, string host) =>
        Open.Decide(Get() with { ChangesState = true, FetchSite = fetchSite, Origin = origin, Host = host }).ShouldBe(Access.Granted);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("10.1.2.3", false)]
    public void An_address_that_other_machines_reach_is_listened_on_with_a_key_only(string address, bool isLoopback)
    {
        Keyed.RefusalToListen(IPAddress.Parse(address)).ShouldBeNull();
        var refusal = Open.RefusalToListen(IPAddress.Parse(address));
        if (isLoopback)
            refusal.ShouldBeNull();
        else
            refusal!.ShouldContain("LEAKYSPANNER_API_KEY");
    }

    private static Caller Get(string? client = "127.0.0.1") =>
        new(client is null ? null : IPAddress.Parse(client), Forwarded: false, ChangesState: false, Host: "localhost:8001");
}
