Console.WriteLine("leakyspanner");
