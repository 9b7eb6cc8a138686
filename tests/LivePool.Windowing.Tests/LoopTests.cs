using System.Diagnostics;
using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

[Collection(DesktopTests.Name)]
public class LoopTests(Desktop desktop)
{
    [Fact]
    public void Run_loads_then_updates_and_renders_then_closes_while_the_context_lives()
    {
        using IWindow window = Window.Create(Desktop.Options() with { API = GraphicsAPI.Default });
        var events = new List<string>();
        bool wasCurrent = false;
        window.Load += () => events.Add("load");
        window.Update += _ => events.Add("update");
        window.Render += _ =>
        {
            events.Add("render");
            if (events.Count >= 7)
                window.Close();
        };
        window.Closing += () =>
        {
            events.Add("closing");
            wasCurrent = window.GLContext!.IsCurrent && window.Handle != 0;
        };

        window.Run();

        Assert.Equal(["load", "update", "render", "update", "render", "update", "render", "closing"], events);
        Assert.True(wasCurrent);
        Assert.False(window.IsInitialized);
        Assert.Equal(0, window.Handle);
        Assert.True(window.IsClosing);
    }

    [Fact]
    public void A_closed_window_can_be_disposed_of_twice_and_opened_again()
    {
        using IWindow window = Window.Create(Desktop.Options());
        for (int time = 0; time < 3; time++)
        {
            int loads = 0;
            void OnLoad() => loads++;
            window.Load += OnLoad;
            window.Initialize();
            window.Initialize();
            Assert.Equal(1, loads);
            Assert.True(window.IsInitialized);
            window.DoEvents();
            window.Reset();
            window.Dispose();
            window.Dispose();
            window.Load -= OnLoad;
        }
    }

    [Fact]
    public void Windows_live_one_after_the_other_and_side_by_side()
    {
        for (int time = 0; time < 2; time++)
        {
            using IWindow first = Window.Create(Desktop.Options("first"));
            using IWindow second = Window.Create(Desktop.Options("second"));
            first.Initialize();
            second.Initialize();
            first.Dispose();
            int renders = 0;
            second.Render += _ => renders++;
            Desktop.Turn(second, () => renders > 3, "the second window renders without the first");
        }
    }

    [Fact]
    public void FramesPerSecond_limits_the_frames_without_spinning()
    {
        using IWindow window = Window.Create(Desktop.Options() with { FramesPerSecond = 30 });
        int renders = 0;
        window.Render += _ => renders++;
        window.Update += _ =>
        {
            if (window.Time >= 1)
                window.Close();
        };
        using var self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;

        window.Run();

        self.Refresh();
        double busy = (self.TotalProcessorTime - before).TotalSeconds;
        Assert.InRange(renders, 15, 45);
        Assert.True(busy < 0.6, $"{busy} s of processor time for {renders} frames in one second");
    }

    [Fact]
    public void UpdatesPerSecond_limits_the_updates()
    {
        using IWindow window = Window.Create(Desktop.Options() with { UpdatesPerSecond = 20, FramesPerSecond = 100 });
        int updates = 0, renders = 0;
        double longest = 0;
        window.Update += seconds =>
        {
            updates++;
            longest = Math.Max(longest, seconds);
        };
        window.Render += _ =>
        {
            renders++;
            if (window.Time >= 1)
                window.Close();
        };

        window.Run();

        Assert.InRange(updates, 10, 25);
        Assert.True(renders > updates, $"{renders} renders, {updates} updates");
        Assert.True(longest >= 0.05, $"updates at most {longest} s apart");
    }

    [Fact]
    public void An_event_driven_window_waits_until_something_happens()
    {
        using IWindow window = Window.Create(Desktop.Options() with { IsEventDriven = true });
        int renders = 0, renderedAtRest = 0, renderedAfterWaking = 0;
        window.Render += _ => renders++;
        window.Initialize();
        var other = new Thread(() =>
        {
            Thread.Sleep(300);
            renderedAtRest = Volatile.Read(ref renders);
            Thread.Sleep(300);
            renderedAfterWaking = -renders;
            window.ContinueEvents();
            Thread.Sleep(200);
            renderedAfterWaking += renders;
            window.Invoke(window.Close);
        });
        other.Start();

        window.Run();

        other.Join();
        Assert.InRange(renderedAtRest, 0, 50);
        Assert.InRange(renderedAfterWaking, 1, 5);
    }

    [Fact]
    public void Other_threads_can_call_on_the_windows_thread()
    {
        using IWindow window = Window.Create(Desktop.Options());
        int thread = 0;
        object? sum = null;
        Exception? thrown = null;
        window.Initialize();
        var other = new Thread(() =>
        {
            window.Invoke(() => { thread = Environment.CurrentManagedThreadId; });
            sum = window.Invoke((int a, int b) => a + b, 2, 3);
            thrown = Record.Exception(() => window.Invoke(() => { throw new FormatException("from the delegate"); }));
            window.Invoke(window.Close);
        });
        other.Start();

        window.Run();

        other.Join();
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        Assert.Equal(5, sum);
        Assert.Equal("from the delegate", Assert.IsType<FormatException>(thrown).Message);
        Assert.Throws<InvalidOperationException>(() => window.Invoke(() => { }));
    }

    [Fact]
    public void What_a_handler_throws_comes_out_of_Run()
    {
        using (IWindow window = Window.Create(Desktop.Options()))
        {
            window.Update += _ => throw new FormatException("from Update");
            Assert.Equal("from Update", Assert.Throws<FormatException>(window.Run).Message);
        }

        // The resize is raised by GLFW, whose frames the exception must not cross.
        using (IWindow window = Window.Create(Desktop.Options()))
        {
            window.Resize += _ => throw new FormatException("from Resize");
            window.Load += () => window.Size = new Vector2D<int>(400, 300);
            FormatException thrown = Assert.Throws<FormatException>(window.Run);
            Assert.Equal("from Resize", thrown.Message);
            Assert.Contains(nameof(What_a_handler_throws_comes_out_of_Run), thrown.StackTrace);
        }
    }

    [Fact]
    public void A_window_cannot_be_reset_in_its_own_loop()
    {
        using IWindow window = Window.Create(Desktop.Options());
        window.Update += _ => window.Reset();
        Assert.Contains("Close()", Assert.Throws<InvalidOperationException>(window.Run).Message);
    }

    [Fact]
    public void The_user_closes_the_window_unless_a_handler_objects()
    {
        using IWindow window = Window.Create(Desktop.Options("To be closed"));
        int wishes = 0, renders = 0, rendersAtFirstWish = 0;
        window.Load += () => desktop.Close("To be closed");
        window.Render += _ => renders++;
        window.Closing += () =>
        {
            if (++wishes > 1)
                return;
            rendersAtFirstWish = renders;
            window.IsClosing = false;
            desktop.Close("To be closed");
        };

        window.Run();

        Assert.Equal(2, wishes);
        Assert.True(renders > rendersAtFirstWish);
    }
}
