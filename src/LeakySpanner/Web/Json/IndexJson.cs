using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

internal sealed record IndexJson(string Schema, string Service, IReadOnlyList<IndexEntryJson> Endpoints)
{
    public static IndexJson Of(ServiceView view, IEnumerable<Route> routes, Via via) => new(
        "leakyspanner.index/1",
        view.Service,
        [.. routes.Where(route => route.Summary is not null && route.ExistsFor(via)).Select(route => new IndexEntryJson(route.Method, route.Path, route.Summary!))]);
}

internal sealed record IndexEntryJson(string Method, string Path, string Summary);
