using LeakySpanner.Target;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeakySpanner.Web;

/// <summary>From a request to its route: who asks, whether they may, and what becomes of errors.</summary>
internal sealed class Requests(RouteTable routes, AccessRule rule) : IHttpApplication<HttpContext>
{
    public AccessRule Rule { get; } = rule;

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var exchange = new Exchange(context);
        try
        {
            await AnswerAsync(exchange).ConfigureAwait(false);
        }
        catch (BadRequestException e)
        {
            await exchange.RefuseAsync(400, e.Message).ConfigureAwait(false);
        }
        catch (TargetException e)
        {
            await exchange.RefuseAsync(StatusOf(e.Failure), e.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await exchange.RefuseAsync(e.StatusCode, "the request is malformed or too large").ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
#pragma warning disable CA1031 // Whatever is wrong with one answer, the server goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await exchange.RefuseAsync(500, $"the sidecar failed to answer ({e.GetType().Name}); this is a bug of LeakySpanner").ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(Exchange exchange)
    {
        exchange.SetSecurityHeaders();
        var match = routes.Find(exchange.Path, exchange.Method, exchange.Via);
        if (match.Route is not { IsOpen: true } && exchange.Decide(Rule) is { IsGranted: false } refused)
        {
            // The shim's own requests need no permission: only we may enter the folder of the socket.
            if (match.Route is not { Audience: Audience.Shim })
                return exchange.RefuseAsync(refused.Status, refused.Refusal!);
        }

        if (match.Route is { } route)
            return route.Answer(exchange);
        if (match.Allowed.Length == 0)
            return exchange.RefuseAsync(404, $"there is no such path; GET {RouteTable.Debug} lists them");
        exchange.Http.Response.Headers.Allow = match.Allowed;
        return exchange.RefuseAsync(405, $"{exchange.Path} takes {match.Allowed} only");
    }

    private static int StatusOf(TargetFailure failure) => failure switch
    {
        TargetFailure.NoSuchProcess or TargetFailure.Gone or TargetFailure.NoneMatches => 404,
        TargetFailure.NotPermitted => 403,
        _ => 409,
    };
}
