namespace LeakySpanner.Testing.Live;

/// <summary>The folder that holds the solution, wherever tests are built to.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("tests run outside a checkout");
    }
}
