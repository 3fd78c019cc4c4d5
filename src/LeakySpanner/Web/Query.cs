using System.Globalization;

namespace LeakySpanner.Web;

/// <summary>Parameters of a request. One that is misspelt is an error: it would silently not do what was meant.</summary>
internal static class Query
{
    /// <exception cref="BadRequestException">There is another parameter, or one twice.</exception>
    public static void Allow(Exchange exchange, params ReadOnlySpan<string> known)
    {
        foreach (var (name, values) in exchange.Http.Request.Query)
        {
            if (!known.Contains(name))
                throw new BadRequestException(known.Length == 0 ? "this takes no parameters" : $"there is no such parameter; known: {string.Join(", ", known.ToArray())}");
            if (values.Count != 1)
                throw new BadRequestException($"{name} may be given once only");
        }
    }

    /// <exception cref="BadRequestException">It is no whole number between the bounds.</exception>
    public static int Whole(Exchange exchange, string name, int otherwise, int least, int most)
    {
        if (!exchange.Http.Request.Query.TryGetValue(name, out var values))
            return otherwise;
        return int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new BadRequestException($"{name} must be a whole number from {least} to {most}");
    }
}
