namespace LivePool.Windowing;

internal sealed partial class GlfwWindow
{
    private readonly Cadence _renders = new();
    private readonly Cadence _updates = new();
    private Action? _onFrame;
    private bool _inEvents;
    private int _frameDepth;
    private bool _swapIntervalChanged;

    public double FramesPerSecond
    {
        get => _renders.PerSecond;
        set => _renders.PerSecond = value;
    }

    public double UpdatesPerSecond
    {
        get => _updates.PerSecond;
        set => _updates.PerSecond = value;
    }

    /// <summary>The monitor sets the rate, so FramesPerSecond is not looked at (as in Silk.NET).</summary>
    private bool SwapsSetTheRate => VSync && HasContext;

    public void Run(Action onFrame)
    {
        _onFrame = onFrame;
        try
        {
            while (!IsClosing)
            {
                onFrame();
                Rest();
            }
        }
        finally
        {
            _onFrame = null;
        }
    }

    public void DoEvents()
    {
        if (!IsInitialized || _inEvents)
            return;

        _inEvents = true;
        _frameDepth++;
        try
        {
            EventsBegin?.Invoke();
            if (IsEventDriven && !IsClosing)
                Glfw.WaitEvents();
            else
                Glfw.PollEvents();
        }
        finally
        {
            _frameDepth--;
            _inEvents = false;
        }

        ThrowKeptException();
    }

    public void DoUpdate()
    {
        if (_updates.SecondsUntilDue > 0)
            return;

        _frameDepth++;
        try
        {
            Update?.Invoke(_updates.Take());
        }
        finally
        {
            _frameDepth--;
        }
    }

    public void DoRender()
    {
        _frameDepth++;
        try
        {
            _invocations.Run();
            if (!SwapsSetTheRate && _renders.SecondsUntilDue > 0)
                return;

            if (_context is { IsCurrent: false })
                _context.MakeCurrent();
            if (_swapIntervalChanged)
            {
                _context?.SwapInterval(VSync ? 1 : 0);
                _swapIntervalChanged = false;
            }

            Render?.Invoke(_renders.Take());
            if (ShouldSwapAutomatically)
                _context?.SwapBuffers();
        }
        finally
        {
            _frameDepth--;
        }
    }

    /// <summary>
    /// A frame in the middle of DoEvents, while the system holds on to it: Windows and macOS do as long as the user
    /// drags the window's border.
    /// </summary>
    public void DrawDuringEvents()
    {
        if (_inEvents && _keptException is null)
            _onFrame?.Invoke();
    }

    /// <summary>Sleeps until the next frame, or a limited update before it, is due.</summary>
    private void Rest()
    {
        while (!IsClosing && _renders.IsLimited && !SwapsSetTheRate)
        {
            double seconds = _renders.SecondsUntilDue;
            if (_updates.IsLimited)
                seconds = Math.Min(seconds, _updates.SecondsUntilDue);
            if (seconds <= 0)
                return;

            // Sleep counts whole milliseconds; less than one is left to spin away.
            if (seconds >= 0.001)
                Thread.Sleep((int)(seconds * 1000));
            else
                Thread.SpinWait(20);
        }
    }
}
