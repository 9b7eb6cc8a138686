using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

[Collection(DesktopTests.Name)]
public class WindowTests(Desktop desktop)
{
    [Fact]
    public void The_title_and_the_geometry_are_the_desktops()
    {
        using IWindow window = Window.Create(Desktop.Options("Title before"));
        window.Initialize();
        string id = desktop.Find("Title before");
        string[] geometry = desktop.User("getwindowgeometry", "--shell", id).Split('\n');
        Assert.Contains("X=100", geometry);
        Assert.Contains("Y=120", geometry);
        Assert.Contains("WIDTH=320", geometry);
        Assert.Contains("HEIGHT=240", geometry);

        window.Title = "Title after";
        window.DoEvents();

        Assert.Equal(id, desktop.Find("Title after"));
        Assert.Equal("Title after", window.Title);
    }

    [Fact]
    public void A_resize_by_the_user_raises_both_events()
    {
        using IWindow window = Window.Create(Desktop.Options("To be resized"));
        Vector2D<int> size = default, pixels = default, position = default;
        window.Resize += now => size = now;
        window.FramebufferResize += now => pixels = now;
        window.Move += now => position = now;
        window.Initialize();
        string id = desktop.Find("To be resized");

        desktop.User("windowsize", id, "500", "400");
        desktop.User("windowmove", id, "40", "30");
        Desktop.Turn(window, () => size != default && pixels != default && position != default, "it is resized");

        var expected = new Vector2D<int>(500, 400);
        Assert.Equal((expected, expected), (size, pixels));
        Assert.Equal((expected, expected), (window.Size, window.FramebufferSize));
        Assert.Equal(new Vector2D<int>(40, 30), position);
        Assert.Equal(position, window.Position);
        Assert.Equal(new Vector2D<int>(7, 9), window.PointToFramebuffer(new Vector2D<int>(7, 9)));
    }

    [Fact]
    public void Properties_set_before_and_after_opening_hold()
    {
        using IWindow window = Window.Create(Desktop.Options());
        Assert.Equal(new Vector2D<int>(320, 240), window.Size);
        Assert.Equal(default, ((IView)window).Size);
        window.Size = new Vector2D<int>(200, 100);
        window.Position = new Vector2D<int>(7, 8);
        window.WindowBorder = WindowBorder.Fixed;
        window.IsVisible = false;
        window.TopMost = true;
        window.Initialize();
        Assert.Equal(new Vector2D<int>(200, 100), ((IView)window).Size);
        Assert.Equal(WindowBorder.Fixed, window.WindowBorder);
        Assert.False(window.IsVisible);

        window.IsVisible = true;
        window.WindowBorder = WindowBorder.Hidden;
        Desktop.Turn(window, () => window.IsVisible, "it shows");
        Desktop.Turn(window, () => window.Position == new Vector2D<int>(7, 8), "it is where it should be");
        Assert.Equal(WindowBorder.Hidden, window.WindowBorder);
        window.WindowBorder = WindowBorder.Resizable;
        Assert.Equal(WindowBorder.Resizable, window.WindowBorder);
        window.TopMost = false;
        window.FramesPerSecond = -1;
        window.UpdatesPerSecond = double.NaN;
        Assert.Equal((0, 0), (window.FramesPerSecond, window.UpdatesPerSecond));
        Assert.True(window.Time > 0);
    }

    /// <summary>
    /// Without a window manager, nobody minimizes a window that asks for it: what the loop must survive is the request
    /// and, from xdotool, the window's going and coming.
    /// </summary>
    [Fact]
    public void Minimizing_and_restoring_leave_the_loop_running()
    {
        using IWindow window = Window.Create(Desktop.Options("To be minimized"));
        int renders = 0;
        window.Render += _ => renders++;
        window.Initialize();
        string id = desktop.Find("To be minimized");
        void Continue(string what)
        {
            int goal = renders + 3;
            Desktop.Turn(window, () => renders >= goal, $"it renders when {what}");
        }

        window.WindowState = WindowState.Minimized;
        Continue("minimized");
        window.WindowState = WindowState.Maximized;
        Continue("maximized");
        window.WindowState = WindowState.Normal;
        Continue("restored");
        Assert.Equal(WindowState.Normal, window.WindowState);

        desktop.User("windowunmap", "--sync", id);
        Continue("unmapped");
        Assert.False(window.IsVisible);
        desktop.User("windowmap", "--sync", id);
        Continue("mapped");
        Assert.True(window.IsVisible);
    }

    [Fact]
    public void Fullscreen_fills_the_monitor_and_gives_it_back()
    {
        using IWindow window = Window.Create(Desktop.Options());
        window.Initialize();

        window.WindowState = WindowState.Fullscreen;
        var screen = new Vector2D<int>(Desktop.Width, Desktop.Height);
        Desktop.Turn(window, () => window.Size == screen, "it fills the screen");
        Assert.Equal(WindowState.Fullscreen, window.WindowState);

        window.WindowState = WindowState.Normal;
        Desktop.Turn(window, () => window.Size == new Vector2D<int>(320, 240), "it has its old size");
        Assert.Equal(WindowState.Normal, window.WindowState);
        Assert.Equal(new Vector2D<int>(100, 120), window.Position);
    }

    [Fact]
    public void The_focus_goes_from_window_to_window()
    {
        using IWindow first = Window.Create(Desktop.Options("first"));
        using IWindow second = Window.Create(Desktop.Options("second"));
        bool? firstHas = null, secondHas = null;
        first.FocusChanged += focused => firstHas = focused;
        second.FocusChanged += focused => secondHas = focused;
        first.Initialize();
        second.Initialize();

        first.Focus();
        Desktop.Turn(first, () => firstHas == true && secondHas != true, "the first window has the focus");
        second.Focus();
        Desktop.Turn(first, () => firstHas == false && secondHas == true, "the second window has it");
    }

    [Fact]
    public void Without_a_display_the_exception_says_so()
    {
        desktop.WithDisplay(null, () =>
        {
            var none = Assert.Throws<PlatformNotSupportedException>(() => Window.Create(Desktop.Options()));
            Assert.Contains("DISPLAY environment variable is missing", none.Message);
            Assert.Contains("apt install xvfb", none.Message);
        });
        desktop.WithDisplay(":987654", () =>
        {
            var wrong = Assert.Throws<PlatformNotSupportedException>(() => Window.Create(Desktop.Options()));
            Assert.Contains(":987654", wrong.Message);
        });

        using IWindow window = Window.Create(Desktop.Options());
        window.Initialize();
    }

    [Fact]
    public void Without_GLFW_the_exception_names_its_package()
    {
        var exception = Assert.Throws<PlatformNotSupportedException>(() => Glfw.Load(["libno-such-glfw.so.3"]));
        Assert.Contains("apt install libglfw3", exception.Message);
        Assert.Contains("libno-such-glfw.so.3", exception.Message);
    }
}
