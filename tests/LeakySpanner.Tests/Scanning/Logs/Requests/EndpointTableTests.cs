using System.Globalization;
using System.Text;
using LeakySpanner.Scanning.Logs.Requests;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs.Requests;

public sealed class EndpointTableTests
{
    [Theory]
    [InlineData("/items/17", "GET /items/{}")]
    [InlineData("/items/17?page=2", "GET /items/{}")]
    [InlineData("/items/17/reviews", "GET /items/{}/reviews")]
    [InlineData("/api/v1/users", "GET /api/v1/users")]
    [InlineData("/users/0b9f3c1e-8a6d-4c57-9d1b-3f2a7c5e8d90/orders", "GET /users/{}/orders")]
    [InlineData("/query/a%20b", "GET /query/{}")]
    [InlineData("/days/2026-03-01", "GET /days/{}")]
    [InlineData("/s3/files", "GET /s3/files")]
    [InlineData("/oauth2/token", "GET /oauth2/token")]
    [InlineData("/", "GET /")]
    [InlineData("http://shop.example/items/3", "GET /items/{}")]
    [InlineData("/query/{q}", "GET /query/{}")]
    public void What_was_asked_for_becomes_a_route(string path, string endpoint)
    {
        var table = new EndpointTable();

        Count(table, path);

        table.All().ShouldHaveSingleItem().Count.Name.ShouldBe(endpoint);
    }

    [Fact]
    public void Where_there_are_too_many_names_they_are_a_parameter()
    {
        var table = new EndpointTable();
        Count(table, "/health");
        for (var i = 0; i < 500; i++)
        {
            Count(table, "/search/" + Word(i));
            Count(table, "/search/" + Word(i) + "/page");
        }

        table.All().Select(entry => (entry.Count.Name, entry.Count.Requests)).ShouldBe(
            [("GET /health", 1L), ("GET /search/{}", 500L), ("GET /search/{}/page", 500L)], ignoreOrder: true);
    }

    [Fact]
    public void Numbers_that_were_given_out_before_stand_for_the_same_endpoint()
    {
        var table = new EndpointTable();
        var early = table.Find("GET"u8, "/search/apple"u8);
        for (var i = 0; i < 500; i++)
            Count(table, "/search/" + Word(i));

        table[early].Name.ShouldBe("GET /search/{}");
        table[early].Requests.ShouldBe(500);
        table.Canonical(early).ShouldBe(table.Find("GET"u8, "/search/pear"u8));
    }

    [Fact]
    public void A_few_names_each_asked_for_once_are_a_parameter_in_the_end()
    {
        var table = new EndpointTable();
        for (var i = 0; i < 12; i++)
            Count(table, "/search/" + Word(i));
        foreach (var name in new[] { "apples", "pears", "plums", "grapes", "quinces", "medlars" })
        {
            for (var i = 0; i < 5; i++)
                Count(table, "/fruit/" + name);
        }

        table.Settle();

        table.All().Select(entry => entry.Count.Name).ShouldContain("GET /search/{}");
        table.All().Count(entry => entry.Count.Name.StartsWith("GET /fruit/", StringComparison.Ordinal)).ShouldBe(6);
    }

    [Fact]
    public void Hostile_paths_take_bounded_space()
    {
        var table = new EndpointTable();
        var random = new Random(7);
        var path = new byte[200];
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(path);
            for (var j = 0; j < path.Length; j++)
                path[j] = (byte)(path[j] % 4 == 0 ? '/' : 'a' + (path[j] % 26));
            table[table.Find(Encoding.ASCII.GetBytes(Word(i % 300)), path)].Requests++;
        }

        table.Settle();
        table.Count.ShouldBeLessThanOrEqualTo(EndpointTable.MostEndpoints);
        table.All().Sum(entry => entry.Count.Requests).ShouldBe(100_000);
    }

    private static void Count(EndpointTable table, string path) => table[table.Find("GET"u8, Encoding.UTF8.GetBytes(path))].Requests++;

    /// <summary>Letters only: nothing about them looks like data.</summary>
    private static string Word(int number) =>
        string.Concat(number.ToString("D4", CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')));
}
