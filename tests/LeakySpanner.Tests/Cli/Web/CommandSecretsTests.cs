using LeakySpanner.Web.Json;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

public sealed class CommandSecretsTests
{
    [Theory]
    [InlineData("python app.py --db-password hunter2 --port 80", "python app.py --db-password *** --port 80")]
    [InlineData("python app.py --token=abc.def -v", "python app.py --token=*** -v")]
    [InlineData("env API_KEY=abc python app.py", "env API_KEY=*** python app.py")]
    [InlineData("python app.py --openai-api-key sk-1 --aws-secret-access-key x", "python app.py --openai-api-key *** --aws-secret-access-key ***")]
    [InlineData("python app.py --db postgres://shop:pw@db/shop", "python app.py --db postgres://***@db/shop")]
    [InlineData("python app.py redis://:pw@cache:6379/0", "python app.py redis://***@cache:6379/0")]
    public void Secrets_are_hidden(string command, string shown) => CommandSecrets.Hide(command).ShouldBe(shown);

    [Theory]
    [InlineData("/usr/bin/python3 -m uvicorn shop_api:app --host 127.0.0.1 --port 8000")]
    [InlineData("python tokenizer.py --max-length 5")]
    [InlineData("python app.py --no-password --url https://shop.example/a@b")]
    [InlineData("gunicorn: worker [main:app]")]
    [InlineData("")]
    public void Everything_else_stays(string command) => CommandSecrets.Hide(command).ShouldBe(command);
}
