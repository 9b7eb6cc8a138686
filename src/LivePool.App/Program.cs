Console.WriteLine("livepool");
